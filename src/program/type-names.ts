/** Names that cel-js takes for its own constants, whatever the nodes are called: such a node is `nodes["list"]`. */
export const typeNames: ReadonlySet<string> = new Set(
  'bool bytes double google int list map null_type optional string type uint'.split(' '),
);
