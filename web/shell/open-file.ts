/** Asks for a file and hands over its text. */
export function openFile(use: (text: string, file: File) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.addEventListener('change', () => {
    const [file] = input.files ?? [];
    if (file !== undefined) void file.text().then((text) => use(text, file));
  });
  input.click();
}
