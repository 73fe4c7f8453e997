/**
 * An error that a person or a client may see: a stable `code` (snake_case, part of the public
 * interface) and a sentence as its message. Anything else that is thrown is a fault of ours.
 */
export class TranspodError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}
