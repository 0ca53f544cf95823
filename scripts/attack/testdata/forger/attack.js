// @ts-check
/**
 * Opens a socket, sends frames, and tells what came of it: opened, how many frames came
 * back, and the close code.
 * @param {string} address @param {string[]} frames in base64
 */
globalThis.attack = (address, frames) =>
  new Promise((resolve) => {
    const socket = new WebSocket("ws://" + address, "logspanel-companion.v1");
    const seen = { opened: false, answers: 0, code: 0 };
    socket.onopen = () => {
      seen.opened = true;
      for (const frame of frames) socket.send(Uint8Array.from(atob(frame), (c) => c.charCodeAt(0)));
    };
    socket.onmessage = () => {
      seen.answers++;
      if (seen.answers === frames.length) socket.close();
    };
    socket.onclose = ({ code }) => resolve(JSON.stringify({ ...seen, code }));
  });
