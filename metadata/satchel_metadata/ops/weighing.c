/* Weighing rows and columns of pictures of bytes, as weighing.py does, with the same sums in the same order.
 *
 * Sums are of binary32, rounded one by one, in the order of the taps: built without contraction of a product and a sum
 * into one operation, and without leave to reorder. A pixel is four values, of which the first three are kept.
 */

#include <float.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if FLT_EVAL_METHOD != 0
#error "this machine computes with more bits than a float has"
#endif

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

typedef float Quad __attribute__((vector_size(16)));

/* Where pixels are: rows and columns are bytes apart, possibly backwards; channels are 3 or 4 neighbouring bytes. */
typedef struct {
    const uint8_t *pixels;
    ptrdiff_t row, column;
    int64_t channels;
} Picture;

/* Source lines and weights of wanted lines: both [taps, lines]; the bilinear form has one weight, of the second line. */
typedef struct {
    const int64_t *index;
    const float *weight;
    int64_t taps, lines;
} Taps;

static inline Quad all(float value) { return (Quad){value, value, value, value}; }

static inline Quad loaded(const uint8_t *pixel, int64_t channels) {
#if defined(__SSE2__)
    uint32_t four;
    if (channels == 4) memcpy(&four, pixel, 4);
    else four = pixel[0] | (uint32_t)pixel[1] << 8 | (uint32_t)pixel[2] << 16;
    __m128i zero = _mm_setzero_si128(), bytes = _mm_cvtsi32_si128((int)four);
    return (Quad)_mm_cvtepi32_ps(_mm_unpacklo_epi16(_mm_unpacklo_epi8(bytes, zero), zero));
#else
    return (Quad){pixel[0], pixel[1], pixel[2], channels == 4 ? pixel[3] : 0};
#endif
}

static inline void kept(float *made, Quad pixel) { memcpy(made, &pixel, 3 * sizeof(float)); }

static inline void bilinear(const Picture *picture, int64_t channels, const Taps *rows, const Taps *columns,
                            int64_t top, int64_t bottom, float *made) {
    const int64_t width = columns->lines;
    for (int64_t line = top; line < bottom; line++) {
        const uint8_t *upper = picture->pixels + rows->index[line] * picture->row;
        const uint8_t *lower = picture->pixels + rows->index[rows->lines + line] * picture->row;
        const Quad down = all(rows->weight[line]);
        for (int64_t place = 0; place < width; place++) {
            const ptrdiff_t left = columns->index[place] * picture->column;
            const ptrdiff_t right = columns->index[width + place] * picture->column;
            const Quad across = all(columns->weight[place]);
            const Quad above = loaded(upper + left, channels), below = loaded(lower + left, channels);
            const Quad first = (loaded(upper + right, channels) - above) * across + above;
            const Quad second = (loaded(lower + right, channels) - below) * across + below;
            kept(made + (line * width + place) * 3, (second - first) * down + first);
        }
    }
}

/* Weighs some columns of the rows of one wanted line. */
static inline void down(const Picture *picture, int64_t channels, const Taps *rows, int64_t line,
                        const ptrdiff_t *offsets, int64_t count, const uint8_t **starts, Quad *weights, Quad *sums) {
    const int64_t taps = rows->taps;
    for (int64_t tap = 0; tap < taps; tap++) {
        starts[tap] = picture->pixels + rows->index[tap * rows->lines + line] * picture->row;
        weights[tap] = all(rows->weight[tap * rows->lines + line]);
    }
    for (int64_t place = 0; place < count; place++) {
        Quad sum = loaded(starts[0] + offsets[place], channels) * weights[0];
        for (int64_t tap = 1; tap < taps; tap++) sum += loaded(starts[tap] + offsets[place], channels) * weights[tap];
        sums[place] = sum;
    }
}

static inline int down_then_across(const Picture *picture, int64_t channels, const Taps *rows, const Taps *columns,
                                   const int64_t *read, int64_t count, int64_t top, int64_t bottom, float *made) {
    const int64_t width = columns->lines, taps = columns->taps;
    Quad *sums = malloc((size_t)(count + rows->taps) * sizeof(Quad));
    ptrdiff_t *offsets = malloc((size_t)count * sizeof(ptrdiff_t));
    const uint8_t **starts = malloc((size_t)rows->taps * sizeof(*starts));
    const int enough = sums && offsets && starts;
    for (int64_t place = 0; enough && place < count; place++) offsets[place] = read[place] * picture->column;
    for (int64_t line = top; enough && line < bottom; line++) {
        down(picture, channels, rows, line, offsets, count, starts, sums + count, sums);
        for (int64_t place = 0; place < width; place++) {
            Quad sum = sums[columns->index[place]] * all(columns->weight[place]);
            for (int64_t tap = width; tap < taps * width; tap += width)
                sum += sums[columns->index[tap + place]] * all(columns->weight[tap + place]);
            kept(made + (line * width + place) * 3, sum);
        }
    }
    free(sums), free(offsets), free(starts);
    return !enough;
}

/* Weighs the columns of one row. */
static inline void across(const uint8_t *row, ptrdiff_t step, int64_t channels, const Taps *columns, Quad *sums) {
    const int64_t width = columns->lines, taps = columns->taps;
    for (int64_t place = 0; place < width; place++) {
        Quad sum = loaded(row + columns->index[place] * step, channels) * all(columns->weight[place]);
        for (int64_t tap = width; tap < taps * width; tap += width)
            sum += loaded(row + columns->index[tap + place] * step, channels) * all(columns->weight[tap + place]);
        sums[place] = sum;
    }
}

static inline int across_then_down(const Picture *picture, int64_t channels, const Taps *rows, const Taps *columns,
                                   int64_t top, int64_t bottom, float *made) {
    const int64_t width = columns->lines;
    int64_t held = -1;
    Quad *sums = malloc((size_t)width * 2 * sizeof(Quad)), *total = sums + width;
    for (int64_t line = top; sums && line < bottom; line++) {
        for (int64_t tap = 0; tap < rows->taps; tap++) {
            const int64_t row = rows->index[tap * rows->lines + line];
            const Quad weight = all(rows->weight[tap * rows->lines + line]);
            if (row != held) across(picture->pixels + row * picture->row, picture->column, channels, columns, sums);
            held = row;
            for (int64_t place = 0; place < width; place++)
                total[place] = tap ? total[place] + sums[place] * weight : sums[place] * weight;
        }
        for (int64_t place = 0; place < width; place++) kept(made + (line * width + place) * 3, total[place]);
    }
    free(sums);
    return !sums;
}

/* Makes the wanted lines [top, bottom) of `made`, [rows, columns, 3]; gives 1 when there is no memory, else 0. */

int satchel_bilinear(const Picture *picture, const Taps *rows, const Taps *columns, int64_t top, int64_t bottom,
                     float *made) {
    if (picture->channels == 4) bilinear(picture, 4, rows, columns, top, bottom, made);
    else bilinear(picture, 3, rows, columns, top, bottom, made);
    return 0;
}

/* `read` are the source columns that are read at all; the columns' index counts in it. */
int satchel_down_then_across(const Picture *picture, const Taps *rows, const Taps *columns, const int64_t *read,
                             int64_t count, int64_t top, int64_t bottom, float *made) {
    return picture->channels == 4
               ? down_then_across(picture, 4, rows, columns, read, count, top, bottom, made)
               : down_then_across(picture, 3, rows, columns, read, count, top, bottom, made);
}

int satchel_across_then_down(const Picture *picture, const Taps *rows, const Taps *columns, int64_t top,
                             int64_t bottom, float *made) {
    return picture->channels == 4 ? across_then_down(picture, 4, rows, columns, top, bottom, made)
                                  : across_then_down(picture, 3, rows, columns, top, bottom, made);
}
