/**
 * Forms as real clients write them: a field `note` of `né`, and a file `file`.
 *
 * @module
 */

import { assertEquals } from "jsr:@std/assert@^1.0.0";
import { boundaryOf, parseMultipart } from "../../lib/http/multipart.ts";

interface Sent {
  readonly type: string;
  readonly body: string;
  readonly file: readonly [name: string, type: string, text: string];
}

const lines = (...all: string[]): string => all.join("\r\n");

const CLIENTS: Readonly<Record<string, Sent>> = {
  "curl -F note=né -F file=@a.png": {
    type: "multipart/form-data; boundary=------------------------d74496d66958873e",
    body: lines(
      "--------------------------d74496d66958873e",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "--------------------------d74496d66958873e",
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      "Content-Type: image/png",
      "",
      "PNG",
      "--------------------------d74496d66958873e--",
      "",
    ),
    file: ["a.png", "image/png", "PNG"],
  },
  "curl -F 'file={};type=application/json', which names no file": {
    type: "multipart/form-data; boundary=------------------------d74496d66958873e",
    body: lines(
      "--------------------------d74496d66958873e",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "--------------------------d74496d66958873e",
      'Content-Disposition: form-data; name="file"',
      "Content-Type: application/json",
      "",
      "{}",
      "--------------------------d74496d66958873e--",
      "",
    ),
    file: ["", "application/json", "{}"],
  },
  "fetch() of Chromium": {
    type: "multipart/form-data; boundary=----WebKitFormBoundaryABcd0123456789xy",
    body: lines(
      "------WebKitFormBoundaryABcd0123456789xy",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "------WebKitFormBoundaryABcd0123456789xy",
      'Content-Disposition: form-data; name="file"; filename="né%22;.png"',
      "Content-Type: image/png",
      "",
      "PNG",
      "------WebKitFormBoundaryABcd0123456789xy--",
      "",
    ),
    file: ['né";.png', "image/png", "PNG"],
  },
  "Firefox": {
    type: "multipart/form-data; boundary=----geckoformboundary6a4f35b7c2de8f90",
    body: lines(
      "------geckoformboundary6a4f35b7c2de8f90",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "------geckoformboundary6a4f35b7c2de8f90",
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      "Content-Type: image/png",
      "",
      "PNG",
      "------geckoformboundary6a4f35b7c2de8f90--",
      "",
    ),
    file: ["a.png", "image/png", "PNG"],
  },
  "Safari, no file chosen": {
    type: "multipart/form-data; boundary=----WebKitFormBoundaryq9JqQ0aZ2Xk4mP1s",
    body: lines(
      "------WebKitFormBoundaryq9JqQ0aZ2Xk4mP1s",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "------WebKitFormBoundaryq9JqQ0aZ2Xk4mP1s",
      'Content-Disposition: form-data; name="file"; filename=""',
      "Content-Type: application/octet-stream",
      "",
      "",
      "------WebKitFormBoundaryq9JqQ0aZ2Xk4mP1s--",
      "",
    ),
    file: ["", "application/octet-stream", ""],
  },
  "Internet Explorer, with the whole path": {
    type: "multipart/form-data; boundary=---------------------------7e21b52a30e8a",
    body: lines(
      "-----------------------------7e21b52a30e8a",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "-----------------------------7e21b52a30e8a",
      'Content-Disposition: form-data; name="file"; filename="C:\\Users\\ada\\new.png"',
      "Content-Type: image/x-png",
      "",
      "PNG",
      "-----------------------------7e21b52a30e8a--",
      "",
    ),
    file: ["new.png", "image/x-png", "PNG"],
  },
  "Python requests": {
    type: "multipart/form-data; boundary=9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e",
    body: lines(
      "--9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "--9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e",
      'Content-Disposition: form-data; name="file"; filename="a.txt"',
      "",
      "text",
      "--9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e--",
      "",
    ),
    file: ["a.txt", "application/octet-stream", "text"],
  },
  "Python requests with an old urllib3, a name that is not ASCII": {
    type: "multipart/form-data; boundary=9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e",
    body: lines(
      "--9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "--9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e",
      "Content-Disposition: form-data; name=\"file\"; filename*=utf-8''n%C3%A9.txt",
      "",
      "text",
      "--9c9ed1c7a2f24ef09c2d1e6bd0ba3f4e--",
      "",
    ),
    file: ["né.txt", "application/octet-stream", "text"],
  },
  "Java, Apache HttpClient": {
    type: "multipart/form-data; boundary=k7YHh5Wcb2cl6pCcDhvkYnPQ0cqz; charset=UTF-8",
    body: lines(
      "--k7YHh5Wcb2cl6pCcDhvkYnPQ0cqz",
      'Content-Disposition: form-data; name="note"',
      "Content-Type: text/plain; charset=UTF-8",
      "Content-Transfer-Encoding: 8bit",
      "",
      "né",
      "--k7YHh5Wcb2cl6pCcDhvkYnPQ0cqz",
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      "Content-Type: image/png",
      "Content-Transfer-Encoding: binary",
      "",
      "PNG",
      "--k7YHh5Wcb2cl6pCcDhvkYnPQ0cqz--",
      "",
    ),
    file: ["a.png", "image/png", "PNG"],
  },
  "Java, OkHttp": {
    type: "multipart/form-data; boundary=6b3f3a9e-0e0c-4b87-8f5e-2f8f0a4f9d1c",
    body: lines(
      "--6b3f3a9e-0e0c-4b87-8f5e-2f8f0a4f9d1c",
      'Content-Disposition: form-data; name="note"',
      "Content-Length: 3",
      "",
      "né",
      "--6b3f3a9e-0e0c-4b87-8f5e-2f8f0a4f9d1c",
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      "Content-Type: image/png",
      "Content-Length: 3",
      "",
      "PNG",
      "--6b3f3a9e-0e0c-4b87-8f5e-2f8f0a4f9d1c--",
      "",
    ),
    file: ["a.png", "image/png", "PNG"],
  },
  ".NET HttpClient": {
    type: 'multipart/form-data; boundary="1f3c0c35-9f4a-4cbb-9a3c-6a2e5e8a7b10"',
    body: lines(
      "--1f3c0c35-9f4a-4cbb-9a3c-6a2e5e8a7b10",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Disposition: form-data; name=note",
      "",
      "né",
      "--1f3c0c35-9f4a-4cbb-9a3c-6a2e5e8a7b10",
      'Content-Disposition: form-data; name=file; filename="=?utf-8?B?bsOpLnBuZw==?="; ' +
        "filename*=utf-8''n%C3%A9.png",
      "",
      "PNG",
      "--1f3c0c35-9f4a-4cbb-9a3c-6a2e5e8a7b10--",
      "",
    ),
    file: ["né.png", "application/octet-stream", "PNG"],
  },
  "iOS, a body by hand for NSURLSession": {
    type: "multipart/form-data; boundary=Boundary-7B1C6E62-3B1A-4F6A-9B8A-1B7C9D0E2F3A",
    body: lines(
      "",
      "--Boundary-7B1C6E62-3B1A-4F6A-9B8A-1B7C9D0E2F3A",
      'Content-Disposition: form-data; name="note"',
      "",
      "né",
      "--Boundary-7B1C6E62-3B1A-4F6A-9B8A-1B7C9D0E2F3A",
      'Content-Disposition: form-data; name="file"; filename="IMG_0001.HEIC"',
      "Content-Type: image/heic",
      "",
      "HEIC",
      "--Boundary-7B1C6E62-3B1A-4F6A-9B8A-1B7C9D0E2F3A--",
      "",
    ),
    file: ["IMG_0001.HEIC", "image/heic", "HEIC"],
  },
};

Deno.test("parseMultipart() reads the form of a real client", async (t) => {
  for (const [client, { type, body, file }] of Object.entries(CLIENTS)) {
    await t.step(client, async () => {
      const form = parseMultipart(new TextEncoder().encode(body), boundaryOf(type), 2);
      const sent = form.get("file");
      const seen = sent instanceof File ? [sent.name, sent.type, await sent.text()] : sent;
      assertEquals([form.get("note"), seen, [...form.keys()].length], ["né", [...file], 2]);
    });
  }
});
