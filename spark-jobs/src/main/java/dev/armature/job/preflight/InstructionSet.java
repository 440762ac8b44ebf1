package dev.armature.job.preflight;

import java.util.List;

/**
 * oneDNN's names of instruction sets, as {@code ONEDNN_MAX_CPU_ISA} takes them. A set is a number
 * whose bits are what it includes.
 *
 * @see <a
 *     href="https://uxlfoundation.github.io/oneDNN/dev_guide_cpu_dispatcher_control.html">oneDNN,
 *     CPU Dispatcher Control</a>
 */
enum InstructionSet {
  SSE41(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_sse41, "NEHALEM"),
  AVX(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx, "SANDYBRIDGE"),
  AVX2(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2, "HASWELL"),
  AVX2_VNNI(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni, "HASWELL"),
  AVX2_VNNI_2(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx2_vnni_2, "HASWELL"),
  AVX512_CORE(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core, "SKYLAKEX"),
  AVX512_CORE_VNNI(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_vnni, "SKYLAKEX"),
  AVX512_CORE_BF16(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_bf16, "SKYLAKEX"),
  AVX512_CORE_FP16(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_fp16, "SKYLAKEX"),
  AVX512_CORE_AMX(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx, "SKYLAKEX"),
  AVX512_CORE_AMX_FP16(org.bytedeco.dnnl.global.dnnl.dnnl_cpu_isa_avx512_core_amx_fp16, "SKYLAKEX");

  private final int bits;
  private final String blasCore;

  InstructionSet(int bits, String blasCore) {
    this.bits = bits;
    this.blasCore = blasCore;
  }

  /** The largest that all of some sets include. */
  static InstructionSet common(List<Integer> sets) {
    int shared = sets.stream().reduce(-1, (a, b) -> a & b);
    InstructionSet largest = SSE41;
    for (InstructionSet each : values()) {
      if ((each.bits & shared) == each.bits) {
        largest = each;
      }
    }
    return largest;
  }

  /** A set's name. */
  static String name(int bits) {
    return common(List.of(bits)).name();
  }

  /** A processor that has it, as {@code OPENBLAS_CORETYPE} takes it. */
  String blasCore() {
    return blasCore;
  }
}
