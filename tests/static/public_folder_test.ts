import { assert, assertEquals, assertRejects, assertThrows } from "jsr:@std/assert@^1.0.0";
import { ConfigurationError } from "../../lib/configuration_error.ts";
import { isAbsence, isDenial, PublicFolder } from "../../lib/static/public_folder.ts";
import { leakFree } from "./leak_free.ts";
import { missingForFiles, missingForLinks, TempFolder } from "./temp_folder.ts";

const shown = { dotfiles: false };

leakFree(missingForFiles, "PublicFolder finds what is in it, and nothing else", async (t) => {
  await using folder = await TempFolder.with({ "css/site.css": "text", "index.html": "text" });
  const files = new PublicFolder(folder.path, shown);
  await t.step("a file", async () => {
    const found = await files.find(["css", "site.css"]);
    assertEquals(found?.path, await Deno.realPath(folder.at("css/site.css")));
    assert(found?.info.isFile);
  });
  await t.step("a folder", async () => assert((await files.find(["css"]))?.info.isDirectory));
  await t.step("itself", async () => assert((await files.find([]))?.info.isDirectory));
  const absent: Record<string, string[]> = {
    "what is not there": ["nothing.css"],
    "a file in what is not there": ["nothing", "a.css"],
    "a file in a file": ["index.html", "a.css"],
    "a name too long for any system": ["x".repeat(300)],
    "a path too long for any system": Array.from({ length: 5000 }, () => "x"),
  };
  for (const [name, segments] of Object.entries(absent)) {
    await t.step(name, async () => assertEquals(await files.find(segments), null));
  }
});

leakFree(missingForLinks, "PublicFolder follows links as long as they stay inside", async (t) => {
  await using outside = await TempFolder.with({ "secret.txt": "secret" });
  await using folder = await TempFolder.with({
    "public/a.txt": "text",
    "public/.env": "secret",
    "public/.git/config": "secret",
    "public-not/secret.txt": "secret",
  });
  const link = (to: string, name: string) => Deno.symlink(to, folder.at(`public/${name}`));
  await link("a.txt", "inside.txt");
  await link("../public/a.txt", "round.txt");
  await link(outside.at("secret.txt"), "outside.txt");
  await link(outside.path, "outside");
  await link("..", "up");
  await link("../public-not", "neighbour");
  await link("/etc", "etc");
  await link("loop", "loop");
  await link("nowhere", "dangling");
  await link(".env", "env.txt");
  await link(".git", "git");
  const files = new PublicFolder(folder.at("public"), shown);
  for (const name of ["inside.txt", "round.txt"]) {
    await t.step(`${name} is shown`, async () => {
      assertEquals((await files.find([name]))?.path, folder.at("public/a.txt"));
    });
  }
  const hidden = [
    ["outside.txt"],
    ["outside"],
    ["outside", "secret.txt"],
    ["up"],
    ["up", "public-not", "secret.txt"],
    ["neighbour", "secret.txt"],
    ["etc", "passwd"],
    ["loop"],
    ["dangling"],
    ["env.txt"],
    ["git", "config"],
  ];
  for (const segments of hidden) {
    await t.step(`${segments.join("/")} is hidden`, async () => {
      assertEquals(await files.find(segments), null);
    });
  }
  await t.step("a link to a dotfile is shown where dotfiles are", async () => {
    const all = new PublicFolder(folder.at("public"), { dotfiles: true });
    assertEquals((await all.find(["git", "config"]))?.path, folder.at("public/.git/config"));
  });
  await t.step("the folder may be a link itself", async () => {
    await Deno.symlink("public", folder.at("current"));
    const linked = new PublicFolder(folder.at("current"), shown);
    assertEquals((await linked.find(["a.txt"]))?.path, folder.at("public/a.txt"));
  });
  await t.step("the folder may lie in a dot folder", async () => {
    const git = new PublicFolder(folder.at("public/.git"), shown);
    assertEquals((await git.find(["config"]))?.path, folder.at("public/.git/config"));
  });
  await t.step("the root shows everything", async () => {
    const root = new PublicFolder("/", { dotfiles: true });
    assert(await root.find(folder.at("public/a.txt").split("/").slice(1)) !== null);
  });
});

leakFree(
  missingForFiles,
  "PublicFolder refuses what is no folder when it is configured",
  async (t) => {
    await using folder = await TempFolder.with({ "a.txt": "text" });
    const rows: Record<string, [folder: string | URL, message: string]> = {
      "not there": [
        folder.at("nothing"),
        `Cannot serve the folder "${folder.at("nothing")}": it does not exist`,
      ],
      "nothing": ["", 'Cannot serve the folder "": it '],
      "a file": [folder.at("a.txt"), "it is a file, not a folder"],
      "a folder of another server": [
        new URL("https://cdn.test/public/"),
        'must be a path or a "file:" URL',
      ],
    };
    for (const [name, [given, message]] of Object.entries(rows)) {
      await t.step(name, () => {
        assertThrows(() => new PublicFolder(given, shown), ConfigurationError, message);
      });
    }
    await t.step("a URL of a folder is taken", () => {
      const url = new URL(`file://${folder.path}/`);
      assertEquals(new PublicFolder(url, shown).path, folder.path);
    });
  },
);

Deno.test("PublicFolder asks for the permission when it is configured", {
  permissions: { read: false },
}, () => {
  const error = assertThrows(() => new PublicFolder("/", shown), ConfigurationError);
  assert(error.message.includes("start with --allow-read"), error.message);
});

leakFree(
  missingForFiles,
  "PublicFolder lets errors through that are not the visitor's",
  async () => {
    await using folder = await TempFolder.with({});
    const files = new PublicFolder(folder.path, shown);
    // A NUL never comes from filePath(); here it stands for whatever a system refuses.
    await assertRejects(() => files.find(["a\0b"]), TypeError);
  },
);

Deno.test("isAbsence and isDenial tell apart what the file system says", () => {
  const rows: [error: unknown, absence: boolean, denial: boolean][] = [
    [new Deno.errors.NotFound(), true, false],
    [new Deno.errors.NotADirectory(), true, false],
    [new Deno.errors.FilesystemLoop(), true, false],
    [Object.assign(new Error(), { code: "ENAMETOOLONG" }), true, false],
    [new Deno.errors.PermissionDenied(), false, true],
    [new Deno.errors.NotCapable(), false, true],
    [Object.assign(new Error(), { code: "EMFILE" }), false, false],
    ["NotFound", false, false],
  ];
  for (const [error, absence, denial] of rows) {
    assertEquals([isAbsence(error), isDenial(error)], [absence, denial], String(error));
  }
});
