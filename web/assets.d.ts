/** Every module that a file lists, without its code. */
declare module '*.ts?described' {
  const modules: readonly Omit<import('../src/host/registry.ts').AnyModule, 'run'>[];
  export default modules;
}
/** The data of a YAML file, read when the page is built. */
declare module '*.yaml?data' {
  const data: unknown;
  export default data;
}
