/** The data of a YAML file, read when the page is built. */
declare module '*.yaml?data' {
  const data: unknown;
  export default data;
}
