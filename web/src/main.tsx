import { render } from "preact";

import "./style/index.css";
import { start } from "./state";
import { App } from "./ui/App";

const root = document.getElementById("page");
if (root !== null) render(<App />, root);
void start();
