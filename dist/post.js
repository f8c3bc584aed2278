// Tells the one bundle that it runs as post.
process.argv.push("post");
await import("./index.js");
