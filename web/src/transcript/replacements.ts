const LETTER = /[\p{L}\p{N}]/u;
const HAN = /\p{Script=Han}/u;

/** Counts where a text would be replaced, by the server's rule: at an edge that is a letter, only whole words count. */
export function countReplacements(text: string, find: string, matchCase: boolean): number {
  const wanted = [...find.trim()];
  const characters = [...text];
  if (wanted.length === 0) {
    return 0;
  }
  const same = (left: string | undefined, right: string) =>
    left === right || (!matchCase && left?.toLowerCase() === right.toLowerCase());
  let count = 0;
  for (let position = 0; position + wanted.length <= characters.length; ) {
    const end = position + wanted.length;
    const found =
      wanted.every((character, index) => same(characters[position + index], character)) &&
      !goesOn(characters[position - 1], wanted[0]) &&
      !goesOn(characters[end], wanted[wanted.length - 1]);
    count += found ? 1 : 0;
    position = found ? end : position + 1;
  }
  return count;
}

function goesOn(outside: string | undefined, inside: string | undefined): boolean {
  const isLetter = (character: string | undefined) =>
    character !== undefined && LETTER.test(character) && !HAN.test(character);
  return isLetter(outside) && isLetter(inside);
}
