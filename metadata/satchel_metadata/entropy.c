/* The entropy coded form of a model, coded and decoded: to the byte what entropy_coder.py gives. SPEC.md section 6 tells the form. */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 1 << 20, INPUTS = 5, SETS = 512, LIMIT = 254, LONGEST = 32 };
enum { BYTES = 0, BOOK = 1 };
enum { WELL = 0, PAST = -1, DAMAGED = -2, NO_MEMORY = -3 };

typedef struct {
    uint16_t odds[SLOTS];
    uint8_t seen[SLOTS];
    int32_t weights[SETS][INPUTS];
    int32_t stretched[4096];
    uint32_t base[INPUTS];
    uint32_t low, high, code;
    int encoding;
    uint8_t *wire;
    int64_t at, end;
    int damaged;
    uint8_t past[4];
    int64_t bytes;
} Coder;

static int squash(int x) {
    static const int KNOTS[33] = {1,    2,    3,    6,    10,   16,   27,   45,   73,   120,  194,
                                  310,  488,  747,  1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785,
                                  3901, 3975, 4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094};
    int knot = (x + 2048) >> 7, part = x & 127;
    return (KNOTS[knot] * (128 - part) + KNOTS[knot + 1] * part + 64) >> 7;
}

static uint8_t next_byte(Coder *c) {
    if (c->at < c->end) return c->wire[c->at++];
    c->damaged = 1;
    return 0;
}

static void put_byte(Coder *c, uint8_t value) {
    if (c->at < c->end)
        c->wire[c->at++] = value;
    else
        c->damaged = 1;
}

/* Codes one bit that is 1 with probability share / 4096. */
static int narrow(Coder *c, int share, int bit) {
    uint32_t span = c->high - c->low;
    uint32_t middle = c->low + (span >> 12) * (uint32_t)share + (((span & 4095) * (uint32_t)share) >> 12);
    if (!c->encoding) bit = c->code <= middle;
    if (bit)
        c->high = middle;
    else
        c->low = middle + 1;
    while (((c->low ^ c->high) >> 24) == 0) {
        if (c->encoding)
            put_byte(c, (uint8_t)(c->high >> 24));
        else
            c->code = c->code << 8 | next_byte(c);
        c->low <<= 8;
        c->high = c->high << 8 | 255;
    }
    return bit;
}

static int learned(Coder *c, int node, int set, int bit) {
    uint32_t slot[INPUTS];
    int x[INPUTS];
    int32_t *weights = c->weights[set];
    int64_t sum = 0;
    for (int i = 0; i < INPUTS; i++) {
        slot[i] = (c->base[i] + (uint32_t)node) & (SLOTS - 1);
        x[i] = c->stretched[c->odds[slot[i]] >> 4];
        sum += (int64_t)x[i] * weights[i];
    }
    sum >>= 16;
    int share = squash(sum < -2047 ? -2047 : sum > 2047 ? 2047 : (int)sum);
    bit = narrow(c, share, bit);
    int miss = ((bit << 12) - share) * 24;
    for (int i = 0; i < INPUTS; i++) {
        int moved = weights[i] + ((x[i] * miss + 32768) >> 16);
        weights[i] = moved < -(1 << 20) ? -(1 << 20) : moved > 1 << 20 ? 1 << 20 : moved;
        int seen = c->seen[slot[i]], odds = c->odds[slot[i]];
        c->odds[slot[i]] = (uint16_t)(odds + ((((bit ? 65535 : 0) - odds) * (65536 / (2 * seen + 3))) >> 15));
        if (seen < LIMIT) c->seen[slot[i]]++;
    }
    return bit;
}

static uint32_t hashed(uint32_t input, uint32_t a, uint32_t b) {
    uint32_t value = (a * 0x9E3779B1u) ^ (b * 0x85EBCA77u) ^ (input * 0xC2B2AE3Du);
    return ((value ^ value >> 15) * 0x27D4EB2Fu) >> 12;
}

static uint32_t number(Coder *c, uint32_t value) {
    int length = 0;
    while (length < LONGEST && value >> length) length++;
    int found = 0;
    for (int i = 5; i >= 0; i--) found = found << 1 | narrow(c, 2048, length >> i & 1);
    if (found > LONGEST) {
        c->damaged = 1;
        return 0;
    }
    uint32_t made = found > 0;
    for (int i = found - 2; i >= 0; i--) made = made << 1 | (uint32_t)narrow(c, 2048, value >> i & 1);
    return made;
}

static int byte(Coder *c, int value) {
    uint32_t p1 = c->past[0], p2 = c->past[1], p3 = c->past[2], p4 = c->past[3], phase = c->bytes & 3;
    c->base[0] = hashed(0, p1, 0);
    c->base[1] = hashed(1, p1 | p2 << 8, 0);
    c->base[2] = hashed(2, p1 | p2 << 8 | p3 << 16, 0);
    c->base[3] = hashed(3, p1 | p2 << 8 | p3 << 16 | p4 << 24, 0);
    c->base[4] = hashed(4, p4, phase);
    int node = 1;
    while (node < 256) node = node << 1 | learned(c, node, (int)phase, value >> (7 - (31 - __builtin_clz((unsigned)node))) & 1);
    memmove(c->past + 1, c->past, 3);
    c->past[0] = (uint8_t)node;
    c->bytes++;
    return node & 255;
}

/* Codes one index below `count`; -1 where the wire says a larger one. */
static int element(Coder *c, int value, int count, int bits) {
    if (count == 1 || !learned(c, 0, 4, value > 0)) return 0;
    int node = 1;
    for (int i = bits - 1; i >= 0; i--) node = node << 1 | learned(c, node, 256 + node, (value - 1) >> i & 1);
    int found = node - (1 << bits) + 1;
    return found < count ? found : -1;
}

/* Codes the indexes of a matrix, row by row. */
static int matrix(Coder *c, uint8_t *index, int64_t rows, int64_t columns, int count, uint32_t part) {
    int bits = 0;
    while (1 << bits < count - 1) bits++;
    for (int64_t row = 0, at = 0; row < rows; row++) {
        for (int64_t column = 0; column < columns; column++, at++) {
#define FULL(up, left) (row >= (up) && column >= (left) && column - (left) < columns && index[at - (up) * columns - (left)] != 0)
            uint32_t near = (uint32_t)(FULL(0, 1) | FULL(0, 2) << 1 | FULL(1, 0) << 2 | FULL(2, 0) << 3);
            uint32_t far = near | (uint32_t)(FULL(3, 0) << 4 | FULL(0, 3) << 5 | FULL(1, 1) << 6 | FULL(1, -1) << 7);
            c->base[0] = hashed(5, part, near);
            c->base[1] = hashed(6, part, far);
            c->base[2] = hashed(7, part, (uint32_t)column);
            c->base[3] = hashed(8, part, (uint32_t)row);
            c->base[4] = hashed(9, part, 0);
            int found = element(c, c->encoding ? index[at] : 0, count, bits);
            if (found < 0 || c->damaged) return DAMAGED;
            index[at] = (uint8_t)found;
        }
    }
    return WELL;
}

static Coder *started(int encoding, uint8_t *wire, int64_t end) {
    Coder *c = calloc(1, sizeof(Coder));
    if (c == NULL) return NULL;
    for (int i = 0; i < SLOTS; i++) c->odds[i] = 32768;
    for (int i = 0; i < SETS; i++)
        for (int j = 0; j < INPUTS; j++) c->weights[i][j] = 20480;
    for (int x = -2047, from = 0; x <= 2047; x++)
        for (int to = squash(x); from <= to; from++) c->stretched[from] = x;
    for (int i = squash(2047) + 1; i < 4096; i++) c->stretched[i] = 2047;
    c->high = 0xFFFFFFFFu;
    c->encoding = encoding;
    c->wire = wire;
    c->end = end;
    for (int i = 0; !encoding && i < 4; i++) c->code = c->code << 8 | next_byte(c);
    return c;
}

/* Gives the bytes that the wire takes. Of each part `layout` has width (0: bytes), rows, columns and count; `given` has
   the bytes, or the book and then the indexes, of one part after another. */
int64_t satchel_entropy_encode(const int64_t *layout, int64_t parts, uint8_t *given, uint8_t *wire, int64_t capacity) {
    Coder *c = started(1, wire, capacity);
    if (c == NULL) return NO_MEMORY;
    for (int64_t part = 0; part < parts; part++, layout += 4) {
        narrow(c, 2048, layout[0] > 0);
        int64_t bytes = layout[1];
        if (layout[0]) {
            for (int i = 0; i < 3; i++) number(c, (uint32_t)layout[i]);
            number(c, (uint32_t)layout[3]);
            bytes = layout[0] * layout[3];
        } else {
            number(c, (uint32_t)bytes);
        }
        for (int64_t i = 0; i < bytes; i++) byte(c, *given++);
        if (!layout[0]) continue;
        matrix(c, given, layout[1], layout[2], (int)layout[3], (uint32_t)part);
        given += layout[1] * layout[2];
    }
    for (int i = 0; i < 4; i++) put_byte(c, (uint8_t)(c->low >> (24 - 8 * i)));
    int64_t found = c->damaged ? DAMAGED : c->at;
    free(c);
    return found;
}

static int64_t decoded_book(Coder *c, uint8_t *made, int64_t room, uint32_t part, uint8_t *index) {
    int64_t width = number(c, 0), rows = number(c, 0), columns = number(c, 0), count = number(c, 0);
    if (c->damaged || (width != 1 && width != 2 && width != 4) || !rows || !columns || !count || count > 256) return DAMAGED;
    if (rows > room / width / columns) return PAST;
    uint8_t book[1024];
    for (int64_t i = 0; i < width * count; i++) book[i] = (uint8_t)byte(c, 0);
    if (matrix(c, index, rows, columns, (int)count, part) != WELL) return DAMAGED;
    for (int64_t i = 0; i < rows * columns; i++) memcpy(made + i * width, book + index[i] * width, (size_t)width);
    return rows * columns * width;
}

static int64_t decoded_bytes(Coder *c, uint8_t *made, int64_t room) {
    int64_t count = number(c, 0);
    if (c->damaged || !count) return DAMAGED;
    if (count > room) return PAST;
    for (int64_t i = 0; i < count && !c->damaged; i++) made[i] = (uint8_t)byte(c, 0);
    return c->damaged ? DAMAGED : count;
}

/* Fills `made`; gives 0, or what is wrong with the wire. */
int satchel_entropy_decode(uint8_t *wire, int64_t length, uint8_t *made, int64_t size) {
    Coder *c = started(0, wire, length);
    uint8_t *index = malloc((size_t)size + 1);
    int64_t found = c == NULL || index == NULL ? NO_MEMORY : c->damaged ? DAMAGED : 0, at = 0;
    for (uint32_t part = 0; found >= 0 && at < size; part++) {
        found = narrow(c, 2048, 0) ? decoded_book(c, made + at, size - at, part, index) : decoded_bytes(c, made + at, size - at);
        at += found > 0 ? found : 0;
    }
    if (found >= 0) found = c->damaged || c->at != c->end ? DAMAGED : 0;
    free(index);
    free(c);
    return (int)found;
}
