/* What `ek_fully_connected` computes for a multiple of 64 inputs, from 128 on, into a multiple of 8 units on Helium, for cycles.
 *
 * Blocking: sample by sample, 8 units at a time, 64 inputs at a time. Each product has a load of weights beside it, so that they
 * take turns; of a block's first 64 inputs they also have the requantization of the block before: its sums leave the
 * accumulators among the loads of inputs (`LANES`). Weights and constants are one stream in the order of use. Outputs fit into
 * 16 bits before their clamp, so that odd ones are put between even ones without narrowing.
 *
 * Registers: sums in r0 r2 r4 r6 r8 r10 r12 lr; even units' then in q2, odd ones' in q3. q4-q7 inputs, q0 q1 weights and
 * constants. r1 stream, r3 inputs, r5 chunks left, r7 output, r9 end of the filters, r11 output zero point.
 *
 * Budget, instructions (cycles) of 8 units: 87 (88) the first 64 inputs with the requantization, 68 (72) others, and 3 (5); of
 * 128 inputs 158 (165). Of more 2 (4) for each 64, and 1 (2). A sample 22 (40) more, a call 30. Requantization as in
 * conv_2d_mve.c. */
#include "edgekit/fully_connected_turns_mve.h"

#define UNUSED __attribute__((unused))
#define NEXT(q) "vldrb.8 " q ", [r1], #16\n"
#define X(q, at) "vldrb.8 " q ", [r3" at "\n"
/* 64 inputs of a unit; `one` to `four`: what takes turns with them. */
#define UNIT(op, acc, one, two, three, four)                                                        \
  NEXT("q0") "v" op ".s8 " acc ", q0, q4\n" one NEXT("q1") "vmladava.s8 " acc ", q1, q5\n" two      \
  NEXT("q0") "vmladava.s8 " acc ", q0, q6\n" three NEXT("q1") "vmladava.s8 " acc ", q1, q7\n" four
#define PLAIN(op, acc) UNIT(op, acc, "", "", "", "")
#define LAST_SIX(op) PLAIN(op, "r4") PLAIN(op, "r6") PLAIN(op, "r8") PLAIN(op, "r10") PLAIN(op, "r12") PLAIN(op, "lr")
#define INPUTS(a, b, c, d) X("q4", a) X("q5", b) X("q6", c) X("q7", d)
#define CHUNK(op, ...) INPUTS(__VA_ARGS__) PLAIN(op, "r0") PLAIN(op, "r2") LAST_SIX(op)
#define EXPANDED(macro, ...) macro(__VA_ARGS__)

#define ADD(q, c) NEXT(c) "vadd.i32 " q ", " q ", " c "\n"
#define MUL(q, c) NEXT(c) "vqrdmulh.s32 " q ", " q ", " c "\n"
#define LASH(q, c) NEXT(c) "vqrdmlash.s32 " q ", " c ", r11\n"
#define EVEN_A "vmov q2[2], q2[0], r0, r8\n"
#define EVEN_B "vmov q3[2], q3[0], r2, r10\n"
#define ODD_A "vmov q2[3], q2[1], r4, r12\n"
#define ODD_B "vmov q3[3], q3[1], r6, lr\n"
#define JOIN "vmovnt.i32 q2, q3\n"
#define NARROW "vqmovnb.s16 q2, q2\n"
#define STORE "vstrb.16 q2, [r7], #8\n"
#define LANES(a, b, c, d) EVEN_A X("q4", a) EVEN_B X("q5", b) ODD_A X("q6", c) ODD_B X("q7", d)
#define HEAD(...)                                                                                   \
  LANES(__VA_ARGS__) UNIT("mladav", "r0", ADD("q2", "q0"), ADD("q3", "q1"), MUL("q2", "q0"), MUL("q3", "q1")) \
  UNIT("mladav", "r2", LASH("q2", "q0"), LASH("q3", "q1"), JOIN, NARROW) STORE LAST_SIX("mladav")
#define LAST                                                                                        \
  EVEN_A EVEN_B ODD_A ODD_B ADD("q2", "q0") ADD("q3", "q1") MUL("q2", "q0") MUL("q3", "q1")         \
  LASH("q2", "q0") LASH("q3", "q1") JOIN NARROW STORE

/* `start`: before a block, `first`: where its first inputs lie, `rest`: all others. Stack: 0 x, 4 chunks less one, 8 stream,
 * 12 samples, 16 inputs. */
#define FUNCTION(name, start, first, rest)                                                          \
  __attribute__((naked)) void ek_fully_connected_turns_mve##name(const ek_fully_connected_turns_mve_t *p UNUSED, \
                                                                 const int8_t *x UNUSED, int8_t *y UNUSED) { \
    __asm volatile(                                                                                 \
        "push {r4-r11, lr}\n vpush {d8-d15}\n sub sp, #20\n"                                        \
        "mov r7, r2\n ldm r0, {r4, r5, r6, r8, r10, r11}\n add r9, r4, r5\n"                        \
        "strd r1, r6, [sp]\n strd r4, r8, [sp, #8]\n str r10, [sp, #16]\n"                          \
        ".balign 4\n.Lsample%=:\n ldr r1, [sp, #8]\n ldrd r3, r5, [sp]\n" EXPANDED(CHUNK, "mladav", first) "b .Lrest%=\n" \
        ".balign 4\n.Lblock%=:\n" start EXPANDED(HEAD, first)                                       \
        ".Lrest%=:\n" rest "cmp r1, r9\n bne .Lblock%=\n" LAST                                      \
        "ldrd r2, r4, [sp, #12]\n ldr r0, [sp]\n add r0, r4\n str r0, [sp]\n"                       \
        "subs r2, #1\n str r2, [sp, #12]\n bne .Lsample%=\n"                                        \
        "add sp, #20\n vpop {d8-d15}\n pop {r4-r11, pc}\n" ::: "memory");                           \
  }
#define LOW "]", ", #16]", ", #32]", ", #48]"
#define HIGH ", #64]", ", #80]", ", #96]", ", #112]"
#define ON "], #16", "], #16", "], #16", "], #16"
FUNCTION(_128, "", LOW, EXPANDED(CHUNK, "mladava", HIGH))
FUNCTION(, "ldrd r3, r5, [sp]\n", ON, ".Lchunk%=:\n" EXPANDED(CHUNK, "mladava", ON) "subs r5, #1\n bne .Lchunk%=\n")
