declare module '*.css';

/** Which methods each scope opens; the build reads it from the definitions. */
declare module 'virtual:scopes' {
  const opens: Readonly<Record<string, readonly string[]>>;
  export default opens;
}
