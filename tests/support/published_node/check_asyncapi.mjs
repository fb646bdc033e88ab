// Reads an AsyncAPI document from standard input with the official parser. Prints what it finds wrong, and what it counts.
import { Parser } from "@asyncapi/parser";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { document, diagnostics } = await new Parser().parse(Buffer.concat(chunks).toString("utf8"));
const found = diagnostics.map(({ code, message, path, severity }) => ({ code, message, path: path.join("."), severity }));
const counts = document
  ? {
      servers: document.servers().all().map((one) => one.id()),
      channels: document.channels().all().map((one) => one.id()),
      messages: document.components().messages().all().length,
      securitySchemes: document.components().securitySchemes().all().map((one) => one.id()),
    }
  : null;
process.stdout.write(JSON.stringify({ found, counts }));
