/** An e-mail address as the product keeps it, in lower case; undefined when the text is none. */
export function parseEmail(text: string): string | undefined {
  const email = text.trim().toLowerCase();
  return email.length <= 254 && /^[^\s@<>"',;:()[\]\\\p{C}]{1,64}@[^\s@<>"',;:()[\]\\\p{C}]+$/u.test(email) ? email : undefined;
}
