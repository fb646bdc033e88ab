// Reads {"schemas": [...], "cases": [[id of a schema, value], ...]} from standard input. Compiles every schema with Ajv,
// strictly, and prints which are refused, and of each case whether the value is valid.
import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const { schemas, cases } = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const ajv = new Ajv2020({ strict: true, strictTypes: false, allErrors: true });
addFormats(ajv);
ajv.addKeyword("x-published-until");
const refused = {};
for (const schema of schemas) {
  try {
    ajv.compile(schema);
  } catch (error) {
    refused[schema.$id] = String(error.message);
  }
}
const answers = cases.map(([id, value]) => {
  const validate = ajv.getSchema(id);
  if (validate === undefined) return `no schema ${id}`;
  return validate(value) ? null : ajv.errorsText(validate.errors);
});
process.stdout.write(JSON.stringify({ refused, answers }));
