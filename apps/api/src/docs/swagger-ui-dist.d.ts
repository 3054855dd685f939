declare module 'swagger-ui-dist/absolute-path.js' {
  /** The folder of the assets. */
  export default function absolutePath(): string;
}
