// @ts-check
import { open } from "./page.js";

open("options", async () => ({ do: "open" }));
