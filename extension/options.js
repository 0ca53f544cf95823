// @ts-check
import { open } from "./page.js";

open("options", Promise.resolve({ do: "open" }));
