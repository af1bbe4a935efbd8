import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../src', import.meta.url));

/** One import, export … from or import(). */
export interface Arrow {
  from: string;
  /** Path below `src` for files of ours, `package.json`, or the name of a package. */
  to: string;
  /** It vanishes when types are stripped. */
  typeOnly: boolean;
}

/** A file of `src`, by its path below it. */
export interface SourceFile {
  path: string;
  tree: ts.SourceFile;
}

export function sourceFiles(): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => ({ path: name.split(sep).join('/'), tree: parse(name, readFileSync(join(root, name), 'utf8')) }));
}

export function parse(name: string, text: string): ts.SourceFile {
  return ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
}

/** Every node of a tree. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  for (const child of node.getChildren()) yield* nodesOf(child);
}

export function arrowsOf({ path, tree }: SourceFile): Arrow[] {
  const arrows: Arrow[] = [];
  const add = (specifier: ts.Node | undefined, typeOnly: boolean) => {
    if (specifier && ts.isStringLiteralLike(specifier)) arrows.push({ from: path, to: target(path, specifier.text), typeOnly });
  };
  for (const node of nodesOf(tree)) {
    if (ts.isImportDeclaration(node)) add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword || onlyTypes(node.importClause));
    else if (ts.isExportDeclaration(node)) add(node.moduleSpecifier, node.isTypeOnly);
    else if (ts.isImportTypeNode(node)) add(ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined, true);
    else if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require')) {
      add(node.arguments[0], false);
    }
  }
  return arrows;
}

/** `import { type A, type B } from`. */
function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  const names = clause?.namedBindings;
  return clause !== undefined && !clause.name && names !== undefined && ts.isNamedImports(names) && names.elements.every((name) => name.isTypeOnly);
}

function target(from: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return posix.normalize(posix.join(dirname(from), specifier)).replace(/^(\.\.\/)+/, '');
}
