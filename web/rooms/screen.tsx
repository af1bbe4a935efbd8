/** Stands until the screen is built. */
export default function Screen() {
  return <h1>rooms</h1>;
}
