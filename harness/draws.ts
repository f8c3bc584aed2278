import fc from "fast-check";
import { SEED } from "./share";

// With every change the same is drawn; a large share draws anew, and a failure prints what repeats it.
fc.configureGlobal({ seed: SEED });

export { fc };
