// Reads events, one JSON document a line, with the official CloudEvents SDK, strictly. Prints how many there were, and
// which were refused.
import { createInterface } from "node:readline";
import { CloudEvent, HTTP } from "cloudevents";

const STRUCTURED = { "content-type": "application/cloudevents+json" };

function sameAttributes(before, after) {
  for (const [name, value] of Object.entries(before)) {
    const told = after[name];
    // In binary mode every attribute is a header, and headers are text; data is compared as JSON.
    const [a, b] = name === "data" ? [JSON.stringify(value), JSON.stringify(told)] : [String(value), String(told)];
    if (a !== b) throw new Error(`${name}: ${a} became ${b}`);
  }
}

function check(body) {
  const attributes = JSON.parse(body);
  const strict = true;
  new CloudEvent(attributes, strict);
  const structured = HTTP.toEvent({ headers: STRUCTURED, body });
  structured.validate();
  sameAttributes({ ...attributes, time: undefined }, { ...structured, time: undefined });
  const binary = HTTP.toEvent(HTTP.binary(structured));
  sameAttributes({ ...attributes, time: undefined }, { ...binary, time: undefined });
}

const refused = [];
let count = 0;
for await (const body of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  try {
    check(body);
  } catch (error) {
    refused.push({ event: count, error: String(error.message ?? error) });
  }
  count += 1;
}
process.stdout.write(JSON.stringify({ count, refused }));
