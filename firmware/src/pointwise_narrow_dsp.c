/* y[n,oy,ox,co] = requantize(bias[co] + sum over ci of (x - in_zero) * w), as conv_2d.c with 1x1 taps, for few inputs, with
 * the DSP instructions.
 *
 * Blocking: 1 pixel x 1 channel x all taps. The taps of a pixel stay in registers as halfwords, four as 0, 2, 1, 3, while the
 * channels' weights and constants pass by as one stream; there is no buffer. The last four inputs are read where they lie; those that the word before had too meet weights of 0. Weights are twice as large: SMMULR wants twice
 * the sum. The zero point is folded into the bias.
 * Registers: r0 y, r1 stream, r2 zero point, from r3 on the taps, in the others up to lr what was loaded: first bias, where
 * the sum grows, and weights, at last multiplier and divider.
 * Budget for an output: 4 for the requantization, half an instruction for every input, 1, 1, 2 or 5 loads with 4, 8, 12 or
 * 16 inputs, 0.75 of a loop over four channels; about 20 for every pixel. With 8 inputs and 16 channels that is 1.37 a MAC,
 * with 16 inputs and 32 channels 1.16. Cycles by LDR 2, LDM 1 + n, branch 2: 17.25 for an output of 8 inputs, 2.2 a MAC. */
#include "edgekit/pointwise_narrow_dsp.h"

#include "edgekit/arch_dsp.h"

/* A row of pixels, in the order in which the assembly reads it. */
typedef struct {
  const int32_t *stream;
  const int8_t *x;
  int32_t step, last; /* bytes to the next pixel; to the last four inputs of a pixel */
  const int32_t *stream_end;
  int32_t skip; /* bytes of code */
  int8_t *y_end, *y;
  int32_t zero;
} row_t;

#if EK_DSP_INSTRUCTIONS

#define LOAD(LIST) "  ldmia.w r1!, {" LIST "}\n"
#define ADD(D, X, W) "  smlad " D ", " X ", " W ", " D "\n"
#define FINISH(D, MULTIPLIER)                     \
  "  smmulr " D ", " D ", " MULTIPLIER "\n"       \
  "  smmlar " D ", " D ", lr, r2\n"               \
  "  ssat " D ", #8, " D "\n"                     \
  "  strb " D ", [r0], #1\n"

#define CHANNEL4 LOAD("r8, r9, r10, r11, lr") ADD("r8", "r3", "r9") ADD("r8", "r4", "r10") FINISH("r8", "r11")
#define CHANNEL8                                                                                        \
  LOAD("r7, r8, r9, r10, r11, r12, lr")                                                                 \
  ADD("r7", "r3", "r8") ADD("r7", "r4", "r9") ADD("r7", "r5", "r10") ADD("r7", "r6", "r11") FINISH("r7", "r12")
#define CHANNEL12                                                                                       \
  LOAD("r9, r10, r11, r12, lr")                                                                         \
  ADD("r9", "r3", "r10") ADD("r9", "r4", "r11") ADD("r9", "r5", "r12") ADD("r9", "r6", "lr")            \
  LOAD("r10, r11, r12, lr") ADD("r9", "r7", "r10") ADD("r9", "r8", "r11") FINISH("r9", "r12")
#define CHANNEL16                                                                                       \
  LOAD("r11, r12, lr") ADD("r11", "r3", "r12") ADD("r11", "r4", "lr")                                   \
  LOAD("r12, lr") ADD("r11", "r5", "r12") ADD("r11", "r6", "lr")                                        \
  LOAD("r12, lr") ADD("r11", "r7", "r12") ADD("r11", "r8", "lr")                                        \
  LOAD("r12, lr") ADD("r11", "r9", "r12") ADD("r11", "r10", "lr")                                       \
  LOAD("r12, lr") FINISH("r11", "r12")

/* The word at r11 + OFFSET as two words of halfwords. */
#define EXPAND(OFFSET, A, B)                \
  "  ldr.w " B ", [r11, " OFFSET "]\n"     \
  "  sxtb16 " A ", " B "\n"                 \
  "  sxtb16 " B ", " B ", ror #8\n"
#define EXPAND4 EXPAND("lr", "r3", "r4")
#define EXPAND8 EXPAND("#0", "r3", "r4") EXPAND("lr", "r5", "r6")
#define EXPAND12 EXPAND("#0", "r3", "r4") EXPAND("#4", "r5", "r6") EXPAND("lr", "r7", "r8")
#define EXPAND16 EXPAND("#0", "r3", "r4") EXPAND("#4", "r5", "r6") EXPAND("#8", "r7", "r8") EXPAND("lr", "r9", "r10")

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter" /* the assembly reads them */

/* On the stack: 0 stream, 4 x, 8 step, 12 last word of a pixel, 16 end of the stream, 20 bytes of code to skip, 24 end of y. The
 * first turn enters the loop of four channels where the rest of out_c / 4 is done. */
#define PIXELS(NAME, TAPS, CHANNEL)                                             \
  __attribute__((naked, noinline)) static void NAME(const row_t *row) {         \
    __asm__ volatile(                                                           \
        "  push {r4, r5, r6, r7, r8, r9, r10, r11, lr}\n"                       \
        "  sub sp, sp, #28\n"                                                   \
        "  ldmia.w r0, {r1, r2, r3, r4, r5, r6, r7, r8, r9}\n"                  \
        "  stmia.w sp, {r1, r2, r3, r4, r5, r6, r7}\n"                          \
        "  mov r0, r8\n"                                                        \
        "  mov r2, r9\n"                                                        \
        "1:\n"                                                                  \
        "  ldmia.w sp, {r1, r11, r12, lr}\n" TAPS                               \
        "  add r11, r11, r12\n"                                                 \
        "  ldr.w r12, [sp, #20]\n"                                              \
        "  str.w r11, [sp, #4]\n"                                               \
        "  add pc, r12\n"                                                       \
        "  nop\n"                                                               \
        "2:\n" CHANNEL CHANNEL CHANNEL CHANNEL                                  \
        "  ldr.w r12, [sp, #16]\n"                                              \
        "  cmp r1, r12\n"                                                       \
        "  bne.w 2b\n"                                                          \
        "  ldr.w r12, [sp, #24]\n"                                              \
        "  cmp r0, r12\n"                                                       \
        "  bne.w 1b\n"                                                          \
        "  add sp, sp, #28\n"                                                   \
        "  pop {r4, r5, r6, r7, r8, r9, r10, r11, pc}\n");                      \
  }
PIXELS(pixels_4, EXPAND4, CHANNEL4)
PIXELS(pixels_8, EXPAND8, CHANNEL8)
PIXELS(pixels_12, EXPAND12, CHANNEL12)
PIXELS(pixels_16, EXPAND16, CHANNEL16)
#pragma GCC diagnostic pop

#else

static void pixels_of(const row_t *row, int32_t words) {
  const int8_t *x = row->x;
  for (int8_t *y = row->y; y != row->y_end; x += row->step) {
    for (const int32_t *at = row->stream; at != row->stream_end; at += 2) {
      int32_t sum = *at++;
      for (int32_t word = 0; word < words; ++word, at += 2) {
        const uint32_t taps = ek_load4(x + (word + 1 < words ? 4 * word : row->last));
        sum = ek_smlad(ek_sxtb16(taps), (uint32_t)at[0], sum);
        sum = ek_smlad(ek_sxtb16_odd(taps), (uint32_t)at[1], sum);
      }
      *y++ = ek_requantize(sum, at[0], at[1], row->zero);
    }
  }
}
static void pixels_4(const row_t *row) { pixels_of(row, 1); }
static void pixels_8(const row_t *row) { pixels_of(row, 2); }
static void pixels_12(const row_t *row) { pixels_of(row, 3); }
static void pixels_16(const row_t *row) { pixels_of(row, 4); }

#endif

void ek_pointwise_narrow_dsp(const ek_pointwise_narrow_dsp_t *p, const int8_t *x, int8_t *y) {
  static const struct {
    void (*run)(const row_t *row);
    int32_t bytes; /* of the code for one channel */
  } forms[] = {{pixels_4, 28}, {pixels_8, 36}, {pixels_12, 48}, {pixels_16, 68}};
  const int32_t form = (p->in_c - 1) / 4, each = 2 * form + 5, count = p->batches * p->out_h * p->out_w * p->out_c;
  row_t row;
  row.stream = p->stream;
  row.step = p->stride_w * p->in_c;
  row.last = p->in_c - 4;
  row.stream_end = p->stream + p->out_c * each;
  row.skip = (-p->out_c & 3) * forms[form].bytes;
  row.zero = p->out_zero;
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_h * p->in_w * p->in_c) {
    for (int32_t oy = 0; oy < p->out_h; ++oy, y = row.y_end) {
      row.x = x + oy * p->stride_h * p->in_w * p->in_c;
      row.y = y;
      row.y_end = y + p->out_w * p->out_c;
      forms[form].run(&row);
    }
  }
  ek_clamp_all(y - count, count, p->low, p->high);
}
