// The sandbox needs Node 20. This file needs none of what came after Node 10, so that it can say so.
process.exitCode = 1;
if (Number(process.versions.node.split(".")[0]) < 20) {
  process.stderr.write("npm start needs Node 20 or later; this is Node " + process.versions.node + ".\n");
} else {
  import("./sandbox.js");
}
