import { connect, createServer, type Socket } from "node:net";
import { listen, reset } from "../../sandbox/sockets";

/** What both sides of a connection hear when the server does this with it. */
async function heard(act: (socket: Socket) => void): Promise<{ readonly server: string[]; readonly client: string }> {
  const errors: string[] = [];
  const server = createServer();
  const port = await listen(server);
  const closed = new Promise<void>((resolve) => {
    server.once("connection", (socket) => {
      socket.on("error", ({ message }) => errors.push(message));
      socket.once("close", () => resolve());
      // In the turn after an error that comes of the act itself nothing more is to be heard.
      setTimeout(resolve, 500).unref();
      act(socket);
    });
  });
  const client = connect(port, "127.0.0.1").resume();
  const end = new Promise<string>((resolve) => {
    client.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? ""));
    client.once("end", () => resolve("end"));
  });
  await closed;
  const told = { server: errors, client: await end };
  client.destroy();
  server.close();
  return told;
}

test("a reset is one to the other side", async () => {
  expect(await heard(reset)).toEqual({ server: [], client: "ECONNRESET" });
});

test("while a connection is being shut down, Node is not asked for a reset that it cannot do", async () => {
  const { server } = await heard((socket) => {
    socket.end("bye");
    reset(socket);
  });
  expect(server).toEqual([]);
});
