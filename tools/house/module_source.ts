/**
 * A TypeScript module as the house sees it: what it imports and exports, how long it is, and which
 * literals stand in its code. Read from its text alone.
 *
 * @module
 */

import ts from "npm:typescript@5.9.3";

/** An import, or an export from elsewhere. */
export interface ModuleImport {
  /** The specifier, as it is written. */
  readonly specifier: string;
  /** Whether it is an `import()` of a literal, which loads when it is run. */
  readonly isLate: boolean;
}

/** A literal in code. Comments, types and specifiers of imports are none. */
export interface Literal {
  /** What it is. */
  readonly kind: "number" | "regexp" | "string";
  /**
   * A number in decimal digits, the product where numbers are multiplied. The text of a regular
   * expression. The value of a string, or of one piece of a template.
   */
  readonly text: string;
  /** The variable at the top of the module whose value it is part of; `null` for others. */
  readonly constant: string | null;
  /** Whether something is compared with it: by `===`, `!==` or `case`, or as one of a list. */
  readonly isCompared: boolean;
}

/** What is read from a module. */
export interface ModuleSource {
  /** Lines that hold a token. Blank lines and lines of comments alone hold none. */
  readonly lines: number;
  /** What it imports, exports from elsewhere and loads late. */
  readonly imports: readonly ModuleImport[];
  /** The names of its exports that it declares itself. */
  readonly exports: readonly string[];
  /** The names of its exports that come from elsewhere. */
  readonly reexports: readonly string[];
  /** What is declared at its top, exported or not. */
  readonly declared: readonly string[];
  /** Whether it is types and exports of other modules only, which no test can run. */
  readonly isDeclarative: boolean;
  /** The literals of its code, in their order. */
  readonly literals: readonly Literal[];
}

/**
 * Parses a module.
 *
 * @param text Its TypeScript.
 */
export function parseModule(text: string): ts.SourceFile {
  return ts.createSourceFile("module.ts", text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
}

/**
 * Reads a module.
 *
 * @param text Its TypeScript.
 */
export function readModule(text: string): ModuleSource {
  const file = parseModule(text);
  const declared = new Set<string>();
  const exports = new Set<string>();
  const reexports = new Set<string>();
  for (const statement of file.statements) {
    const names = declaredNames(statement);
    for (const name of names) declared.add(name);
    if (isExported(statement)) { for (const name of names) exports.add(name); }
    if (!ts.isExportDeclaration(statement)) continue;
    const into = statement.moduleSpecifier === undefined ? exports : reexports;
    for (const name of clauseNames(statement.exportClause)) into.add(name);
  }
  return {
    lines: linesOfCode(file),
    imports: [...importsIn(file)],
    exports: [...exports],
    reexports: [...reexports],
    declared: [...declared],
    isDeclarative: file.statements.every(isDeclaration),
    literals: [...literalsIn(file)],
  };
}

function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => boundNames(name));
  }
  const isNamed = ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement) ||
    ts.isEnumDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name.text] : [];
}

function boundNames(name: ts.BindingName): string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) =>
    ts.isOmittedExpression(element) ? [] : boundNames(element.name)
  );
}

function isExported(statement: ts.Statement): boolean {
  return ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
}

function clauseNames(clause: ts.NamedExportBindings | undefined): string[] {
  if (clause === undefined) return ["*"];
  return ts.isNamespaceExport(clause)
    ? [clause.name.text]
    : clause.elements.map(({ name }) => name.text);
}

function isDeclaration(statement: ts.Statement): boolean {
  return ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
}

function* importsIn(node: ts.Node): Generator<ModuleImport> {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) {
    const { moduleSpecifier: from } = node;
    if (from !== undefined && ts.isStringLiteral(from)) {
      yield { specifier: from.text, isLate: false };
    }
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const [from] = node.arguments;
    if (from !== undefined && ts.isStringLiteralLike(from)) {
      yield { specifier: from.text, isLate: true };
    }
  }
  for (const child of childrenOf(node)) yield* importsIn(child);
}

function* literalsIn(node: ts.Node, constant: string | null = null): Generator<Literal> {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node) || ts.isTypeNode(node)) return;
  const isCompared = isComparison(node.parent);
  const number = numberOf(node);
  if (number !== null) {
    yield { kind: "number", text: String(number), constant, isCompared };
    return;
  }
  if (ts.isRegularExpressionLiteral(node)) {
    yield { kind: "regexp", text: node.text, constant, isCompared };
  }
  const isText = ts.isStringLiteralLike(node) || ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node);
  if (isText) yield { kind: "string", text: node.text, constant, isCompared };
  const isTop = ts.isVariableDeclaration(node) && ts.isSourceFile(node.parent.parent.parent);
  const name = isTop && ts.isIdentifier(node.name) ? node.name.text : constant;
  for (const child of childrenOf(node)) yield* literalsIn(child, name);
}

function isComparison(node: ts.Node | undefined): boolean {
  if (node === undefined) return false;
  if (ts.isCaseClause(node) || ts.isArrayLiteralExpression(node)) return true;
  return ts.isBinaryExpression(node) &&
    (node.operatorToken.kind === ts.SyntaxKind.EqualsEqualsEqualsToken ||
      node.operatorToken.kind === ts.SyntaxKind.ExclamationEqualsEqualsToken);
}

/** The value of a number or of a product of numbers; `null` for everything else. */
function numberOf(node: ts.Node): number | null {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isParenthesizedExpression(node)) return numberOf(node.expression);
  if (!ts.isBinaryExpression(node)) return null;
  if (node.operatorToken.kind !== ts.SyntaxKind.AsteriskToken) return null;
  const [left, right] = [numberOf(node.left), numberOf(node.right)];
  return left === null || right === null ? null : left * right;
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

function linesOfCode(file: ts.SourceFile): number {
  const lines = new Set<number>();
  const blank = file.text.split("\n").map((line) => line.trim() === "");
  const walk = (node: ts.Node): void => {
    if (node.kind >= ts.SyntaxKind.FirstJSDocNode && node.kind <= ts.SyntaxKind.LastJSDocNode) {
      return;
    }
    const children = node.getChildren(file);
    for (const child of children) walk(child);
    if (children.length > 0 || node.getWidth(file) === 0) return;
    const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line;
    const last = file.getLineAndCharacterOfPosition(node.getEnd()).line;
    for (let line = first; line <= last; line++) if (!blank[line]) lines.add(line);
  };
  walk(file);
  return lines.size;
}
