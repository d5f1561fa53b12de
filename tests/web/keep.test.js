/** Files are kept by their hash, checked when they are read, and removed only where nobody needs them. */

import assert from "node:assert/strict";
import { createServer } from "node:http";
import test from "node:test";

import { BundleReader } from "../../web_demo/lib/bundle_reader.js";
import { openKeep } from "../../web_demo/lib/keep.js";
import { bundleOf, keepWhole } from "../../web_demo/lib/keeping.js";
import { fetched } from "../../web_demo/lib/transfer.js";
import { bundleFiles, manifestOf, sha256 } from "./support.js";

const bytes = (text) => new TextEncoder().encode(text);

/** Gives caches in memory, as browsers have them; `put` may be made to fail. */
function fakeCaches() {
  const stored = new Map();
  const cache = {
    refusing: undefined,
    async match(key) {
      return stored.get(key.url ?? key)?.clone();
    },
    async put(key, response) {
      if (cache.refusing)
        throw Object.assign(new Error(cache.refusing), {
          name: cache.refusing,
        });
      stored.set(key, response);
    },
    async delete(key) {
      return stored.delete(key.url ?? key);
    },
    async keys() {
      return [...stored.keys()].map((url) => ({ url }));
    },
  };
  return { stored, cache, caches: { open: async () => cache } };
}

/** Gives locks as browsers have them, of several tabs: what is held alone is held by one at a time. */
function fakeLocks() {
  let alone = Promise.resolve();
  const held = [];
  return {
    request(name, options, work) {
      if (typeof options === "function") return (alone = alone.then(options));
      const lock = { name };
      held.push(lock);
      return work().then(() => held.splice(held.indexOf(lock), 1));
    },
    query: async () => ({ held: [...held] }),
  };
}

function version(digest, ...files) {
  const sizes = Object.fromEntries(files.map((each) => [sha256(bytes(each)), each.length]));
  return { bundle: "b", digest, files: sizes, entry: { id: "b", digest } };
}

async function put(keep, ...files) {
  for (const each of files) keep.put(sha256(bytes(each)), bytes(each));
  await keep.settled();
}

test("a kept file is given back, and one that was damaged is dropped", async () => {
  const { caches, stored } = fakeCaches();
  const keep = await openKeep({ caches });
  await put(keep, "one");
  const hash = sha256(bytes("one"));
  assert.deepEqual(await keep.get(hash), bytes("one"));
  for (const key of stored.keys()) stored.set(key, new Response("two"));
  assert.equal(await keep.get(hash), undefined);
  assert.equal(stored.size, 0);
});

for (const [name, means] of [
  ["has no caches", {}],
  [
    "refuses to open them",
    {
      caches: {
        open: () => Promise.reject(new DOMException("no", "SecurityError")),
      },
    },
  ],
]) {
  test(`where the browser ${name}, nothing is kept and that is said`, async () => {
    const keep = await openKeep(means);
    await put(keep, "one");
    assert.equal(await keep.get(sha256(bytes("one"))), undefined);
    await keep.begin(version("1", "one"));
    assert.equal(await keep.commit(version("1", "one")), false);
    assert.equal(keep.trouble, "refused");
  });
}

test("a full storage is told apart, and what was kept stays", async () => {
  const { caches, cache } = fakeCaches();
  const keep = await openKeep({ caches });
  await put(keep, "one");
  cache.refusing = "QuotaExceededError";
  await put(keep, "two");
  assert.equal(keep.trouble, "full");
  assert.deepEqual(await keep.get(sha256(bytes("one"))), bytes("one"));
});

test("a new version stands in for the old one only when it is whole, and shares its files", async () => {
  const { caches } = fakeCaches();
  const keep = await openKeep({ caches, locks: fakeLocks() });
  const [old, next] = [version("1", "same", "old"), version("2", "same", "new")];
  await put(keep, "same", "old");
  assert.equal(await keep.commit(old), true);
  await keep.begin(next);
  assert.deepEqual(await keep.missing(Object.keys(next.files)), [sha256(bytes("new"))]);
  assert.equal(await keep.commit(next), false);
  assert.deepEqual(await keep.get(sha256(bytes("old"))), bytes("old"));
  await put(keep, "new");
  assert.equal(await keep.commit(next), true);
  assert.deepEqual(await keep.missing(["same", "old", "new"].map((each) => sha256(bytes(each)))), [
    sha256(bytes("old")),
  ]);
  assert.deepEqual(
    (await keep.versions()).map(({ digest }) => digest),
    ["2"],
  );
});

test("what another tab has open, or is fetching, is left alone", async () => {
  const { caches } = fakeCaches();
  const locks = fakeLocks();
  const [here, there] = [await openKeep({ caches, locks }), await openKeep({ caches, locks })];
  await put(here, "old");
  await here.commit(version("1", "old"));
  const release = there.hold("1");
  await there.begin({ ...version("9", "begun"), bundle: "other" });
  await put(there, "begun");
  await put(here, "new");
  assert.equal(await here.commit(version("2", "new")), true);
  assert.deepEqual(await there.get(sha256(bytes("old"))), bytes("old"));
  assert.deepEqual(await there.get(sha256(bytes("begun"))), bytes("begun"));
  release();
  await new Promise((resolve) => setTimeout(resolve));
  await here.commit(version("2", "new"));
  assert.equal(await there.get(sha256(bytes("old"))), undefined);
});

test("without locks nothing is removed that another tab may have open", async () => {
  const { caches } = fakeCaches();
  const keep = await openKeep({ caches });
  await put(keep, "old", "new");
  await keep.commit(version("1", "old"));
  await keep.commit(version("2", "new"));
  assert.deepEqual(await keep.get(sha256(bytes("old"))), bytes("old"));
});

test("what a person removes is gone, but for the files of other bundles", async () => {
  const { caches } = fakeCaches();
  const keep = await openKeep({ caches, locks: fakeLocks() });
  await put(keep, "same", "own");
  await keep.commit(version("1", "same", "own"));
  await keep.commit({ ...version("2", "same"), bundle: "other" });
  await keep.forget("b");
  assert.deepEqual(await keep.missing(["same", "own"].map((each) => sha256(bytes(each)))), [sha256(bytes("own"))]);
  assert.equal(keep.trouble, "unwanted");
});

test("versions of a bundle have one name", () => {
  const digest = "0123456789abcdef".repeat(4);
  assert.equal(bundleOf(`http://a.example/bundles/x@${digest}/`), bundleOf("http://a.example/bundles/x/"));
});

/** Gives the files of a small bundle by path, with its manifest. */
function servedFiles() {
  const model = Buffer.from("not a model, but long enough to compress compress compress");
  const files = bundleFiles(model);
  return {
    ...files,
    "manifest.json": Buffer.from(JSON.stringify(manifestOf(files, model))),
  };
}

/** Serves what `answer` gives, and tells the requests. */
async function serving(context, answer) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request);
    answer(request, response, asked.length);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => (server.closeAllConnections(), server.close()));
  return { asked, url: `http://127.0.0.1:${server.address().port}/` };
}

test("a bundle is fetched once: kept whole, it opens and runs its files without a server", async (context) => {
  const files = servedFiles();
  const { asked, url } = await serving(context, ({ url: path }, response) => response.end(files[path.slice(1)]));
  const keep = await openKeep({ ...fakeCaches(), locks: fakeLocks() });
  const reader = await BundleReader.open(url, { keep });
  const kept = await keepWhole(reader, keep, { url, entry: { id: "test" } });
  assert.equal(kept.kept, true);
  const before = asked.length;
  assert.equal(before, new Set(asked.map((each) => each.url)).size, "a file was fetched twice");
  const again = await BundleReader.open("http://127.0.0.1:9/gone/", {
    digest: reader.digest,
    keep,
  });
  assert.deepEqual([...(await again.read("spec.json"))], [...files["spec.json"]]);
  assert.equal((await again.golden()).cases.length, (await reader.golden()).cases.length);
  assert.equal(asked.length, before);
});

test("a file that is not what its hash says is refused, and never kept", async (context) => {
  const files = servedFiles();
  const { url } = await serving(context, ({ url: path }, response) => {
    response.end(path === "/labels.txt" ? Buffer.from("cat\ndig\n") : files[path.slice(1)]);
  });
  const { stored, caches } = fakeCaches();
  const keep = await openKeep({ caches });
  await assert.rejects(BundleReader.open(url, { keep }), {
    code: "bundle/changed-file",
  });
  await keep.settled();
  assert.ok(![...stored.keys()].some((key) => key.endsWith(sha256(Buffer.from("cat\ndig\n")))));
});

const WHOLE = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 31) % 251);

/** Sends so many bytes of an answer and cuts the connection. */
function cut(response, status, headers, data) {
  response.writeHead(status, {
    "content-length": String(data.length),
    ...headers,
  });
  response.write(Buffer.from(data.subarray(0, 100_000)), () => setTimeout(() => response.destroy(), 20));
}

test("a transfer that was cut goes on where it was", async (context) => {
  const { asked, url } = await serving(context, ({ headers }, response, count) => {
    const first = Number(/\d+/.exec(headers.range ?? "0")?.[0]);
    const more = {
      etag: '"a"',
      ...(first ? { "content-range": `bytes ${first}-299999/300000` } : {}),
    };
    const rest = WHOLE.subarray(first);
    if (count < 3) cut(response, first ? 206 : 200, more, rest);
    else response.writeHead(206, more).end(rest);
  });
  const lost = [];
  const found = await fetched(url, 300_000, (count, _, isLost) => isLost && lost.push(count));
  assert.deepEqual(found, WHOLE);
  assert.deepEqual(
    asked.map(({ headers }) => [headers.range, headers["if-range"]]),
    [[undefined, undefined], ...lost.map((count) => [`bytes=${count}-`, '"a"'])],
  );
  assert.equal(lost.length, 2);
  assert.ok(lost[0] > 0 && lost[1] > lost[0], String(lost));
});

for (const [name, tag, status, headers] of [
  ["the file is another by now", '"a"', 200, { etag: '"b"' }],
  ["the server does not go on", '"a"', 200, { etag: '"a"' }],
  ["the tag is a weak one", 'W/"a"', 200, { etag: 'W/"a"' }],
]) {
  test(`a transfer that was cut begins anew where ${name}`, async (context) => {
    const other = WHOLE.map((each) => 255 - each);
    const { asked, url } = await serving(context, (_, response, count) => {
      if (count === 1) cut(response, 200, { etag: tag }, WHOLE);
      else response.writeHead(status, headers).end(other);
    });
    assert.deepEqual(await fetched(url, 300_000), other);
    assert.equal(asked.length, 2);
    assert.equal(asked[1].headers.range !== undefined, tag[0] === '"');
  });
}

test("a server that falls silent counts as lost after 30 s, and the transfer goes on where it was", async (context) => {
  const { asked, url } = await serving(context, ({ headers }, response) => {
    const first = Number(/\d+/.exec(headers.range ?? "0")?.[0]);
    if (first > 0) {
      const more = {
        etag: '"a"',
        "content-range": `bytes ${first}-299999/300000`,
      };
      return response.writeHead(206, more).end(WHOLE.subarray(first));
    }
    response.writeHead(200, { etag: '"a"', "content-length": "300000" }).write(WHOLE.subarray(0, 100_000));
  });
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const soon = (milliseconds) => setImmediate(() => context.mock.timers.tick(milliseconds));
  const told = [];
  const found = await fetched(url, 300_000, (count, _, lost = false) => {
    told.push([count, lost]);
    if (lost) soon(400);
    else if (count === 100_000) soon(30_000);
  });
  assert.deepEqual(found, WHOLE);
  assert.equal(asked.length, 2);
  assert.deepEqual(
    told.filter(([, lost]) => lost),
    [[100_000, true]],
  );
});

test("a server that was never there is tried a few times, and then told", async () => {
  const before = performance.now();
  await assert.rejects(fetched("http://127.0.0.1:9/", 10), {
    code: "bundle/unreadable",
  });
  assert.ok(performance.now() - before < 5000);
});
