/**
 * `doctor`: lists the changes that an app needs because of defaults that changed since 0.1.0.
 *
 * @module
 */

import { loadApp } from "../app_module.ts";
import {
  type Arguments,
  type Command,
  CommandFailure,
  JSON_OPTION,
  jsonOr,
  optionValue,
} from "../command.ts";
import { fileUrl } from "../source_locations.ts";
import { diagnose } from "./doctor_diagnosis.ts";
import type { FormSearch } from "./doctor_forms.ts";
import { diagnosisText } from "./doctor_text.ts";

/** The command. */
export const doctor: Command = {
  name: "doctor",
  summary: "Lists what the defaults that changed since 0.1.0 mean for an app",
  positionals: [{ name: "app module", help: "a file or URL whose default export is an app" }],
  options: {
    token: { value: "name", help: "the field that holds the CSRF token (csrf_token)" },
    helper: {
      value: "name",
      help: "a function of the app that writes this field; can be repeated",
    },
    json: JSON_OPTION,
  },
  notes: ["The exit code is 1 if a view or a form needs a change."],
  async run(args, environment) {
    const [path = ""] = args.positionals;
    const { folder } = environment;
    const search = formSearchOf(args);
    const { report } = await loadApp(path, folder);
    const diagnosis = await diagnose(report, fileUrl(path, folder), search);
    return {
      code: diagnosis.changes === 0 ? 0 : 1,
      stdout: jsonOr(args, diagnosis, () => diagnosisText(diagnosis, environment)),
    };
  },
};

/**
 * The form search that `--token` and `--helper` describe.
 *
 * @throws {CommandFailure} If one of them is not a name.
 */
function formSearchOf(args: Arguments): FormSearch {
  const token = optionValue(args, "token") ?? "csrf_token";
  if (token === "") {
    throw new CommandFailure('Cannot use option "--token": the name is empty', 2);
  }
  const helpers = args.options.get("helper") ?? [];
  for (const helper of helpers) {
    if (/^[\w$]+$/.test(helper)) continue;
    throw new CommandFailure(
      `Cannot use option "--helper": "${helper}" is not the name of a function`,
      2,
    );
  }
  return { token, helpers };
}
