/**
 * A set of lines, as good as known without keeping them: how many there are, and a sum of what they hash to. Two with the
 * same lines are equal, in whichever order they came; one lost, one twice, or one in place of another would show.
 */
export class Tally {
  count = 0;
  #sum = 0;

  add(from: number, number: number): void {
    this.count += 1;
    const mixed = Math.imul(from + 1, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b);
    this.#sum = (this.#sum + Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d)) | 0;
  }

  equals(other: Tally): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}
