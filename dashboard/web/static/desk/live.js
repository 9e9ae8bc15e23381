// Pages that live: renewed as lanes report, with orders where there are buttons.
import { follow } from "./link.js";
import { takeOrders } from "./orders.js";

follow();
takeOrders();
