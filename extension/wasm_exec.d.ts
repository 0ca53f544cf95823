// Go's own file, which the build puts beside the worker. It defines globalThis.Go.
export {};
