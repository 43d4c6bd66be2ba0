// Builds charts.js and the notices of what is in it, and records digests so that a test sees when they are out of date.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "../src/garant/dashboard/static");
const INPUTS = [".npmrc", "build.js", "charts.js", "package-lock.json", "package.json"];
const OUTPUTS = ["LICENSES.txt", "charts.js"];
// Packages whose published files hold others, which the bundler therefore does not see.
const HOLDS = { "node_modules/d3-delaunay": ["node_modules/delaunator", "node_modules/robust-predicates"] };
const NOTICES = "charts.js: made from the packages below, each under its own licence.\n";

const { metafile } = await build({
  absWorkingDir: here,
  bundle: true,
  charset: "utf8",
  entryPoints: ["charts.js"],
  format: "iife",
  legalComments: "none",
  metafile: true,
  minify: true,
  outfile: join(built, "charts.js"),
  target: ["es2022"],
});

// Folder of the package that a file of the bundle belongs to.
function packageOf(file) {
  const parts = file.split("/");
  const at = parts.lastIndexOf("node_modules") + 1;
  return parts.slice(0, at + (parts[at].startsWith("@") ? 2 : 1)).join("/");
}

function notice(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(here, folder, "package.json"), "utf8"));
  const file = readdirSync(join(here, folder)).find((each) => /^licen[cs]e/i.test(each));
  if (!file && !license) throw new Error(`${folder}: says no licence`);
  // One notice of the Vega project covers the packages that carry none of their own.
  const text = file ? readFileSync(join(here, folder, file), "utf8").trim() : `Licence: ${license}`;
  return `---- ${name} ${version} (${license})\n\n${text.replaceAll("\r\n", "\n").replace(/[ \t]+$/gm, "")}\n`;
}

const used = Object.keys(metafile.inputs).filter((file) => file.startsWith("node_modules/"));
const seen = used.map(packageOf);
const folders = [...new Set([...seen, ...seen.flatMap((folder) => HOLDS[folder] ?? [])])].sort();
const licences = join(built, "LICENSES.txt");
const own = readFileSync(licences, "utf8").split(NOTICES)[0];
writeFileSync(licences, `${own}${own.endsWith("\n\n") ? "" : "\n"}${NOTICES}\n${folders.map(notice).join("\n")}`);

const digests = (folder, names) =>
  Object.fromEntries(names.map((name) => [name, createHash("sha256").update(readFileSync(join(folder, name))).digest("hex")]));
const record = { inputs: digests(here, INPUTS), outputs: digests(built, OUTPUTS) };
writeFileSync(join(here, "built.json"), `${JSON.stringify(record, null, 2)}\n`);
