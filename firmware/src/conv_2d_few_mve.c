/* What `ek_conv_2d` computes for windows of three rows without dilation and one, three, four or ten channels of outputs, on Helium.
 *
 * A band of output rows has its padded input rows in scratch (`rows_mve.h`). Pixel by pixel the sums of all channels go to
 * scratch; then 8 outputs at a time, in the order in which they are stored, are requantized.
 *
 * Blocking: a row of a window is `n` vectors of 16 bytes, what is beyond it meets weights of 0. Vectors of the window and
 * the weights are loaded two to four at a time, from multiples of 4 bytes; where a row is one vector, from anywhere.
 *
 * Registers: sums of channels 0 to 3 in r0 r2 r4 r6; the window in the last vector registers, weights in the first ones;
 * r3 window, r1 weights, r5 biases and behind them the first weights, r8 sums in scratch, r9 bytes to a window's next row, r10 to the next window,
 * r12 to the next row's windows, r11 pixels of a row, r7 rows left, lr pixels left.
 *
 * Budget of a pixel: 4, and for a row of the window of n vectors
 *   one channel    1: 3   2: 4   3: 6    5: 10   6: 11   12: 19
 *   three          1: 6   2: 9   3: 13   5: 21   6: 25
 *   four           1: 7   2: 12   3: 17   5: 28
 * Of ten channels eight take 40 and 68 where a row is one or two vectors, the last two 18 and 29. Requantization takes 11 for
 * 8 outputs, 14 where there are three or ten channels; 2 more for a clamp. */
#include "edgekit/conv_2d_few_mve.h"

#include <arm_mve.h>

#include "edgekit/assembly_mve.h"

#define WEIGHTS(d) "vldmia r1!, {" d "}\n"
#define WINDOW(d) "vldmia r3!, {" d "}\n"
#define M(a, w, x) "vmladava.s8 " a ", " w ", " x "\n"
#define M2(a, u, v) M(a, u, "q6") M(a, v, "q7")
#define M3(a, u, v, w) M(a, u, "q5") M2(a, v, w)
/* Units: one, three or four channels times two, three or four vectors. */
#define ONE2 WINDOW("d12-d15") WEIGHTS("d0-d3") M2("r0", "q0", "q1")
#define ONE3 WINDOW("d10-d15") WEIGHTS("d0-d5") M3("r0", "q0", "q1", "q2")
#define ONE4 WINDOW("d8-d15") WEIGHTS("d0-d7") M("r0", "q0", "q4") M3("r0", "q1", "q2", "q3")
#define THREE2 WINDOW("d12-d15") WEIGHTS("d0-d11") M2("r0", "q0", "q1") M2("r2", "q2", "q3") M2("r4", "q4", "q5")
#define THREE3                                                                                   \
  WINDOW("d10-d15") WEIGHTS("d0-d9") M3("r0", "q0", "q1", "q2") M("r2", "q3", "q5") M("r2", "q4", "q6") \
  WEIGHTS("d0-d7") M("r2", "q0", "q7") M3("r4", "q1", "q2", "q3")
#define FOUR2 THREE2 WEIGHTS("d0-d3") M2("r6", "q0", "q1")
#define FOUR3                                                                                    \
  WINDOW("d10-d15") WEIGHTS("d0-d9") M3("r0", "q0", "q1", "q2") M("r2", "q3", "q5") M("r2", "q4", "q6") \
  WEIGHTS("d0-d9") M("r2", "q0", "q7") M3("r4", "q1", "q2", "q3") M("r6", "q4", "q5")            \
  WEIGHTS("d0-d3") M2("r6", "q0", "q1")
/* Pixels of rows; `window` is that of a pixel, or its three rows. */
#define ROWS_OF(row) row "add r3, r9\n" row "add r3, r9\n" row
#define PIXELS(label, window, sums, size)                                                              \
  ".balign 4\n.L" label "%=:\n dls lr, r11\n"                                                    \
  "1:\n add r1, r5, #" size "\n ldm r5, {" sums "}\n" window "add r3, r10\n stm r8!, {" sums "}\n le lr, 1b\n" \
  "add r3, r12\n subs r7, #1\n bne .L" label "%=\n b .Lend%=\n"
/* The four vectors of a row that is one lie between the rows' windows, which are loaded one by one. */
#define FOURS_OF_ONE                                                                             \
  "vldrb.8 q7, [r3]\n add r3, r9\n" WEIGHTS("d0-d13")                                            \
  M("r0", "q0", "q7") M("r2", "q1", "q7") M("r4", "q2", "q7") M("r6", "q3", "q7") "vldrb.8 q7, [r3]\n add r3, r9\n" \
  M("r0", "q4", "q7") M("r2", "q5", "q7") M("r4", "q6", "q7") WEIGHTS("d0-d9")                   \
  M("r6", "q0", "q7") "vldrb.8 q7, [r3]\n"                                                       \
  M("r0", "q1", "q7") M("r2", "q2", "q7") M("r4", "q3", "q7") M("r6", "q4", "q7")
#define THREES_OF_ONE                                                                            \
  "vldrb.8 q7, [r3]\n add r3, r9\n" WEIGHTS("d0-d13")                                            \
  M("r0", "q0", "q7") M("r2", "q1", "q7") M("r4", "q2", "q7") "vldrb.8 q7, [r3]\n add r3, r9\n"  \
  M("r0", "q3", "q7") M("r2", "q4", "q7") M("r4", "q5", "q7") "vldrb.8 q7, [r3]\n" M("r0", "q6", "q7") \
  WEIGHTS("d0-d3") M("r2", "q0", "q7") M("r4", "q1", "q7")
/* Of one channel with up to two vectors a row all weights stay in registers. */
#define PIXELS_HELD(label, weights, window)                                                      \
  ".balign 4\n.L" label "%=:\n add r1, r5, #4\n" WEIGHTS(weights) "2:\n dls lr, r11\n"            \
  "1:\n ldr r0, [r5]\n" window "add r3, r10\n str r0, [r8], #4\n le lr, 1b\n"                    \
  "add r3, r12\n subs r7, #1\n bne 2b\n b .Lend%=\n"
#define ONES_OF_ONE                                                                              \
  "vldrb.8 q6, [r3]\n add r3, r9\n vldrb.8 q7, [r3]\n add r3, r9\n" M("r0", "q0", "q6") M("r0", "q1", "q7") \
  "vldrb.8 q6, [r3]\n" M("r0", "q2", "q6")
#define ONE_OF_TWO(u, v) WINDOW("d12-d15") M2("r0", u, v)
#define ONES_OF_TWO ONE_OF_TWO("q0", "q1") "add r3, r9\n" ONE_OF_TWO("q2", "q3") "add r3, r9\n" ONE_OF_TWO("q4", "q5")
/* Two of ten channels, the last ones: their sums lie between others. */
#define TWOS_OF_ONE                                                                              \
  WEIGHTS("d0-d11") "vldrb.8 q7, [r3]\n add r3, r9\n" M("r0", "q0", "q7") M("r2", "q1", "q7")     \
  "vldrb.8 q7, [r3]\n add r3, r9\n" M("r0", "q2", "q7") M("r2", "q3", "q7")                      \
  "vldrb.8 q7, [r3]\n" M("r0", "q4", "q7") M("r2", "q5", "q7") "add r8, #32\n"
#define TWO2 WINDOW("d12-d15") WEIGHTS("d0-d7") M2("r0", "q0", "q1") M2("r2", "q2", "q3")
#define TWOS_OF_TWO ROWS_OF(TWO2) "add r8, #32\n"
/* The first eight: sums in r0 r2 r4 r6 r8 r10 r12 lr; r1 biases and weights, r3 window, r5 and r9 bytes to its next row and
 * to the next window, r7 sums in scratch, r11 pixels left; on the stack pixels, bytes to the next row's windows, rows left. */
#define EIGHT(label, window, size)                                                               \
  ".balign 4\n.L" label "%=:\n push {r7, r11, r12}\n mov r1, r5\n mov r5, r9\n mov r9, r10\n mov r7, r8\n" \
  "2:\n ldr r11, [sp, #4]\n"                                                                    \
  "1:\n ldm r1!, " SUMS window "add r3, r9\n stm r7!, " SUMS "add r7, #8\n sub r1, #" size "\n" \
  "subs r11, #1\n bne 1b\n"                                                                     \
  "ldr r0, [sp, #8]\n add r3, r0\n ldr r0, [sp]\n subs r0, #1\n str r0, [sp]\n bne 2b\n add sp, #12\n b .Lend%=\n"
#define EIGHTS_OF_ONE                                                                            \
  "vldrb.8 q7, [r3]\n add r3, r5\n" WEIGHTS("d0-d13")                                            \
  M("r0", "q0", "q7") M("r2", "q1", "q7") M("r4", "q2", "q7") M("r6", "q3", "q7") M("r8", "q4", "q7") \
  M("r10", "q5", "q7") M("r12", "q6", "q7") WEIGHTS("d0-d13") M("lr", "q0", "q7")                \
  "vldrb.8 q7, [r3]\n add r3, r5\n"                                                              \
  M("r0", "q1", "q7") M("r2", "q2", "q7") M("r4", "q3", "q7") M("r6", "q4", "q7") M("r8", "q5", "q7") \
  M("r10", "q6", "q7") WEIGHTS("d0-d13") M("r12", "q0", "q7") M("lr", "q1", "q7") "vldrb.8 q7, [r3]\n" \
  M("r0", "q2", "q7") M("r2", "q3", "q7") M("r4", "q4", "q7") M("r6", "q5", "q7") M("r8", "q6", "q7") \
  WEIGHTS("d0-d5") M("r10", "q0", "q7") M("r12", "q1", "q7") M("lr", "q2", "q7")
#define EIGHT2                                                                                   \
  WINDOW("d12-d15") WEIGHTS("d0-d11") M2("r0", "q0", "q1") M2("r2", "q2", "q3") M2("r4", "q4", "q5") \
  WEIGHTS("d0-d11") M2("r6", "q0", "q1") M2("r8", "q2", "q3") M2("r10", "q4", "q5")              \
  WEIGHTS("d0-d7") M2("r12", "q0", "q1") M2("lr", "q2", "q3")
#define EIGHTS_OF_TWO EIGHT2 "add r3, r5\n" EIGHT2 "add r3, r5\n" EIGHT2
#define CODE(label) ".word .L" label "%= - .Lcodes%= + 1\n"

/* The sums of `rows` output rows; `steps` are the parameters from `row_step` on. */
__attribute__((naked, noinline)) static void products(const int32_t *steps UNUSED, const uint8_t *x UNUSED,
                                                      int32_t *sums UNUSED, int32_t rows UNUSED, int32_t code UNUSED,
                                                      const int32_t *weights UNUSED) {
  __asm volatile(
      "push {r4-r11, lr}\n"
      "sub sp, #4\n"
      "vpush {d8-d15}\n"
      "mov r8, r2\n mov r7, r3\n mov r3, r1\n"
      "ldrd r4, r5, [sp, #104]\n ldm r0, {r9, r10, r11, r12}\n"
      "adr.w r0, .Lcodes%=\n ldr r4, [r0, r4, lsl #2]\n add r4, r0\n bx r4\n"
      PIXELS("one3", ROWS_OF(ONE3), "r0", "4")
      PIXELS("one5", ROWS_OF(ONE3 ONE2), "r0", "4")
      PIXELS("one6", ROWS_OF(ONE3 ONE3), "r0", "4")
      PIXELS("one12", ROWS_OF(ONE4 ONE4 ONE4), "r0", "4")
      PIXELS("three2", ROWS_OF(THREE2), "r0, r2, r4", "12")
      PIXELS("three3", ROWS_OF(THREE3), "r0, r2, r4", "12")
      PIXELS("three5", ROWS_OF(THREE3 THREE2), "r0, r2, r4", "12")
      PIXELS("three6", ROWS_OF(THREE3 THREE3), "r0, r2, r4", "12")
      PIXELS("four1", FOURS_OF_ONE, "r0, r2, r4, r6", "16")
      PIXELS("four2", ROWS_OF(FOUR2), "r0, r2, r4, r6", "16")
      PIXELS("four3", ROWS_OF(FOUR3), "r0, r2, r4, r6", "16")
      PIXELS("four5", ROWS_OF(FOUR3 FOUR2), "r0, r2, r4, r6", "16")
      PIXELS("two1", TWOS_OF_ONE, "r0, r2", "8")
      PIXELS("two2", TWOS_OF_TWO, "r0, r2", "8")
      EIGHT("eight1", EIGHTS_OF_ONE, "416")
      EIGHT("eight2", EIGHTS_OF_TWO, "800")
      PIXELS_HELD("one1", "d0-d5", ONES_OF_ONE)
      PIXELS_HELD("one2", "d0-d11", ONES_OF_TWO)
      PIXELS("three1", THREES_OF_ONE, "r0, r2, r4", "12")
      ".Lend%=:\n"
      "vpop {d8-d15}\n"
      "add sp, #4\n"
      "pop {r4-r11, pc}\n"
      ".balign 4\n.Lcodes%=:\n" CODE("one3") CODE("one5") CODE("one6") CODE("one12") CODE("three2") CODE("three3")
      CODE("three5") CODE("three6") CODE("four1") CODE("four2") CODE("four3") CODE("four5")
      CODE("eight1") CODE("eight2") CODE("two1") CODE("two2")
      CODE("one1") CODE("one2") CODE("three1") ::: "memory");
}

#define INTERLEAVED "vld20.32 {q0, q1}, [%[from]]\n vld21.32 {q0, q1}, [%[from]]!\n"
#define CLAMP "vmax.s8 q0, q0, q6\n vmin.s8 q0, q0, q7\n"
#define LIMITS                                                                                   \
  register int8x16_t low __asm("q6") = vdupq_n_s8((int8_t)p->low);                               \
  register int8x16_t high __asm("q7") = vdupq_n_s8((int8_t)p->high)
#define LIMITED , "w"(low), "w"(high)
#define STORE "vstrb.16 q0, [%[to]], #8\n"
#define SOME "vctp.16 %[some]\n vpst\n vstrbt.16 q0, [%[to]]\n"
#define NEXT "vldmia %[at]!, {d4-d11}\n"
#define EIGHT_OUTPUTS(constants, clamp, store) constants INTERLEAVED SCALE("%[zero]") SATURATE clamp store
/* All outputs in eights, and those that are left; each eight has the next constants, after `period` of them the first. */
#define TURNING(clamp, more)                                                                           \
  __asm volatile(                                                                                \
      "cbz %[turns], 3f\n"                                                                       \
      "1:\n mov %[at], %[constants]\n dls lr, %[period]\n"                                       \
      "2:\n" EIGHT_OUTPUTS(NEXT, clamp, STORE) "le lr, 2b\n subs %[turns], #1\n bne 1b\n"        \
      "3:\n mov %[at], %[constants]\n wls lr, %[eights], 5f\n"                                   \
      "4:\n" EIGHT_OUTPUTS(NEXT, clamp, STORE) "le lr, 4b\n"                                     \
      "5:\n cbz %[some], 6f\n" EIGHT_OUTPUTS(NEXT, clamp, SOME) "6:\n"                           \
      : [from] "+r"(sums), [to] "+l"(y), [at] "=&r"(at), [turns] "+l"(turns)                     \
      : [eights] "r"(eights - turns * p->period), [some] "l"(count & 7), [zero] "r"(p->out_zero), \
        [constants] "r"(p->constants), [period] "r"(p->period) more             \
      : "lr", "q0", "q1", "q2", "q3", "q4", "q5", "cc", "memory")
/* As above, with the only constants in registers. */
#define HELD(clamp, more)                                                                              \
  __asm volatile(                                                                                \
      "vldmia %[constants], {d4-d11}\n"                                                          \
      "wls lr, %[eights], 2f\n"                                                                  \
      "1:\n" EIGHT_OUTPUTS("", clamp, STORE) "le lr, 1b\n"                                       \
      "2:\n cbz %[some], 3f\n" EIGHT_OUTPUTS("", clamp, SOME) "3:\n"                             \
      : [from] "+r"(sums), [to] "+l"(y)                                                          \
      : [eights] "r"(eights), [some] "l"(count & 7), [zero] "r"(p->out_zero),                    \
        [constants] "r"(p->constants) more                                      \
      : "lr", "q0", "q1", "q2", "q3", "q4", "q5", "cc", "memory")

/* `count` sums to outputs. */
static inline void finish(const ek_conv_2d_few_mve_t *p, const int32_t *sums, int8_t *y, int32_t count) {
  const int32_t eights = count >> 3;
  if (p->period == 1) {
    if (p->limited) {
      LIMITS;
      HELD(CLAMP, LIMITED);
    } else {
      HELD("", );
    }
  } else {
    const int32_t *at;
    int32_t turns = eights / p->period;
    if (p->limited) {
      LIMITS;
      TURNING(CLAMP, LIMITED);
    } else {
      TURNING("", );
    }
  }
}

void ek_conv_2d_few_mve(const ek_conv_2d_few_mve_t *p, const int8_t *x, int8_t *y, uint8_t *scratch) {
  const int32_t *band = p->bands;
  int32_t *const sums = (int32_t *)(void *)(scratch + p->sums);
  for (int32_t n = 0; n < p->batches; ++n, x += p->in_size, band = p->others) {
    for (int32_t oy = 0; oy < p->out_h; oy += p->band, band += EK_ROWS) {
      const int32_t rows = p->out_h - oy < p->band ? p->out_h - oy : p->band;
      ek_rows_mve(&p->rows, band, x, scratch);
      products(&p->row_step, scratch, sums, rows, p->code, p->weights);
      if (p->rest_code >= 0) {
        products(&p->row_step, scratch, sums, rows, p->rest_code, p->rest_weights);
      }
      finish(p, sums, y, rows * p->out_pitch);
      y += rows * p->out_pitch;
    }
  }
}
