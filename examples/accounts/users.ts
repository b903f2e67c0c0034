/**
 * Users in an SQLite file, so that all processes of the example share them.
 *
 * If your app is on the Internet, then it also limits the attempts to sign in.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { hashPassword, type PasswordHash, verifyPassword } from "../password_hash.ts";

/** Who may sign in, and who is an administrator. */
export interface Users {
  /** Adds a user. Returns whether the name was free. */
  add(name: string, password: string): Promise<boolean>;
  /** Whether this is the password of the user. */
  verify(name: string, password: string): Promise<boolean>;
  /** Whether the user may end the sessions of others. The first user may. */
  isAdministrator(name: string): boolean;
  /** All names, the first user first. */
  names(): string[];
}

/** Users in a file. */
export class SqliteUsers implements Users, Disposable {
  readonly #db: DatabaseSync;

  /** Opens the file, and makes it if it is missing. */
  constructor(path: string) {
    this.#db = new DatabaseSync(path);
    // Two processes start at once: one waits for the other.
    this.#db.exec("PRAGMA busy_timeout = 2000; PRAGMA journal_mode = WAL");
    this.#db.exec(`CREATE TABLE IF NOT EXISTS users (
      number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, salt BLOB NOT NULL, hash BLOB NOT NULL
    ) STRICT`);
  }

  async add(name: string, password: string): Promise<boolean> {
    const { salt, hash } = await hashPassword(password);
    const { changes } = this.#db
      .prepare("INSERT INTO users (name, salt, hash) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
      .run(name, salt, hash);
    return Number(changes) === 1;
  }

  verify(name: string, password: string): Promise<boolean> {
    return verifyPassword(password, this.#hashOf(name));
  }

  isAdministrator(name: string): boolean {
    return this.names()[0] === name;
  }

  names(): string[] {
    const rows = this.#db.prepare("SELECT name FROM users ORDER BY number").all();
    return rows.map(({ name }) => String(name));
  }

  #hashOf(name: string): PasswordHash | undefined {
    const row = this.#db.prepare("SELECT salt, hash FROM users WHERE name = ?").get(name);
    const { salt, hash } = row ?? {};
    if (!(salt instanceof Uint8Array && hash instanceof Uint8Array)) return undefined;
    return { salt: new Uint8Array(salt), hash: new Uint8Array(hash) };
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}
