// The wall display: renews itself, takes no orders.
import { follow } from "./link.js";

follow();
