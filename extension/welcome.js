// @ts-check
import { open } from "./page.js";

open("welcome", Promise.resolve({ do: "open" }));
