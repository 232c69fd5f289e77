/**
 * Seals what the phone keeps of one account. The key never leaves the browser, not even towards this code;
 * with its deletion, whatever the disk still remembers of the account's rows can be read by nobody.
 */

export interface Sealed {
  /** Fresh for every sealing: AES-GCM must never see the same one twice under a key. */
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

/** The page did not come over a secure connection: there is no WebCrypto, and nothing is kept unsealed. */
export class InsecureContext extends Error {}

const IV_BYTES = 12;
const [encoder, decoder] = [new TextEncoder(), new TextDecoder()];

export class Vault {
  #key: CryptoKey;
  #opened = new Map<string, { iv: Uint8Array; content: unknown }>();

  constructor(
    readonly account: string,
    /** Which of the keys that this account may have had on this phone, one after the other. */
    readonly keyId: string,
    key: CryptoKey,
  ) {
    this.#key = key;
  }

  static newKey(): Promise<CryptoKey> {
    const algorithm = { name: 'AES-GCM', length: 256 };
    return subtle().generateKey(algorithm, false, ['encrypt', 'decrypt']);
  }

  /** `row` is bound into the seal, so that a sealed row moved to another place does not open there. */
  async seal(row: string, content: unknown): Promise<Sealed> {
    const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
    const plain = encoder.encode(JSON.stringify(content));
    return { iv, data: await subtle().encrypt(this.#algorithm(row, iv), this.#key, plain) };
  }

  /** The content, or null if this key does not open it. Opened rows are remembered, and not to be changed. */
  async open<T>(row: string, { iv, data }: Sealed): Promise<T | null> {
    const known = this.#opened.get(row);
    if (known?.iv.every((byte, index) => byte === iv[index])) return known.content as T;
    try {
      const plain = await subtle().decrypt(this.#algorithm(row, iv), this.#key, data);
      const content = JSON.parse(decoder.decode(plain)) as T;
      this.#opened.set(row, { iv, content });
      return content;
    } catch (error) {
      if (error instanceof DOMException && error.name === 'OperationError') return null;
      throw error;
    }
  }

  #algorithm(row: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
    const additionalData = encoder.encode(JSON.stringify([this.account, row]));
    return { name: 'AES-GCM', iv, additionalData };
  }
}

function subtle(): SubtleCrypto {
  if (!globalThis.crypto?.subtle) throw new InsecureContext('This page needs https.');
  return crypto.subtle;
}
