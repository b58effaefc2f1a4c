#include "sha256.h"

#include <string.h>

#include "state.h"

static const uint32_t ROUND[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static uint32_t turned(uint32_t word, unsigned by) { return word >> by | word << (32 - by); }

static uint32_t read_word(const uint8_t *octets) {
    return (uint32_t)octets[0] << 24 | (uint32_t)octets[1] << 16 | (uint32_t)octets[2] << 8 | octets[3];
}

static void write_word(uint8_t *octets, uint32_t word) {
    for (int i = 0; i < 4; i++) octets[i] = (uint8_t)(word >> (24 - 8 * i));
}

static void compress(uint32_t state[8], const uint8_t block[SHA256_BLOCK]) {
    uint32_t w[64];
    for (int i = 0; i < 16; i++) w[i] = read_word(block + 4 * i);
    for (int i = 16; i < 64; i++) {
        uint32_t s0 = turned(w[i - 15], 7) ^ turned(w[i - 15], 18) ^ w[i - 15] >> 3;
        uint32_t s1 = turned(w[i - 2], 17) ^ turned(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
    uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
    for (int i = 0; i < 64; i++) {
        uint32_t s1 = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
        uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + ROUND[i] + w[i];
        uint32_t s0 = turned(a, 2) ^ turned(a, 13) ^ turned(a, 22);
        uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d;
    state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

void sha256_begin(struct sha256 *hash) {
    static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    memcpy(hash->state, start, sizeof start);
    hash->length = 0;
}

void sha256_add(struct sha256 *hash, const void *octets, size_t length) {
    const uint8_t *from = octets;
    while (length > 0) {
        size_t at = hash->length % SHA256_BLOCK;
        size_t part = SHA256_BLOCK - at < length ? SHA256_BLOCK - at : length;
        memcpy(hash->block + at, from, part);
        hash->length += part, from += part, length -= part;
        if (hash->length % SHA256_BLOCK == 0) compress(hash->state, hash->block);
    }
}

void sha256_end(struct sha256 *hash, uint8_t digest[SHA256_LENGTH]) {
    uint64_t bits = hash->length * 8;
    size_t at = hash->length % SHA256_BLOCK;
    hash->block[at++] = 0x80;
    if (at > SHA256_BLOCK - 8) {
        memset(hash->block + at, 0, SHA256_BLOCK - at);
        compress(hash->state, hash->block);
        at = 0;
    }
    memset(hash->block + at, 0, SHA256_BLOCK - 8 - at);
    write_word(hash->block + 56, (uint32_t)(bits >> 32));
    write_word(hash->block + 60, (uint32_t)bits);
    compress(hash->state, hash->block);
    for (int i = 0; i < 8; i++) write_word(digest + 4 * i, hash->state[i]);
}

void hmac_key(struct hmac *key, const void *octets, size_t length) {
    uint8_t block[SHA256_BLOCK] = {0};
    if (length > SHA256_BLOCK) {
        sha256_begin(&key->inner);
        sha256_add(&key->inner, octets, length);
        sha256_end(&key->inner, block);
    } else if (length > 0) {
        memcpy(block, octets, length);
    }
    for (int i = 0; i < SHA256_BLOCK; i++) block[i] ^= 0x36;
    sha256_begin(&key->inner);
    sha256_add(&key->inner, block, sizeof block);
    for (int i = 0; i < SHA256_BLOCK; i++) block[i] ^= 0x36 ^ 0x5c;
    sha256_begin(&key->outer);
    sha256_add(&key->outer, block, sizeof block);
    wipe(block, sizeof block);
}

void hmac_begin(const struct hmac *key, struct sha256 *message) { *message = key->inner; }

void hmac_end(const struct hmac *key, struct sha256 *message, uint8_t tag[SHA256_LENGTH]) {
    sha256_end(message, tag);
    *message = key->outer;
    sha256_add(message, tag, SHA256_LENGTH);
    sha256_end(message, tag);
}

void pbkdf2(const void *password, size_t password_length, const void *salt, size_t salt_length, uint32_t iterations,
            uint8_t key[SHA256_LENGTH]) {
    static const uint8_t first[4] = {0, 0, 0, 1};
    struct hmac mac;
    struct sha256 message;
    uint8_t u[SHA256_LENGTH];
    hmac_key(&mac, password, password_length);
    hmac_begin(&mac, &message);
    sha256_add(&message, salt, salt_length);
    sha256_add(&message, first, sizeof first);
    hmac_end(&mac, &message, u);
    memcpy(key, u, sizeof u);
    for (uint32_t i = 1; i < iterations; i++) {
        hmac_begin(&mac, &message);
        sha256_add(&message, u, sizeof u);
        hmac_end(&mac, &message, u);
        for (int j = 0; j < SHA256_LENGTH; j++) key[j] ^= u[j];
    }
    wipe(&mac, sizeof mac);
    wipe(&message, sizeof message);
    wipe(u, sizeof u);
}
