package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused before Spark is started. */
class PrepareCommandTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --dataset pku-mmd-3                              | no data set is named 'pku-mmd-3'; there are ntu60,
          --dataset pyskl                                  | --source is missing
          --dataset pyskl --source x --splits train        | --splits train: expected two names, TRAIN,TEST, with --dataset pyskl
          --dataset npz --source x --splits train,val      | expected two names, TRAIN,TEST, with --dataset pyskl
          --dataset npz --source x --training 1,2          | --training is for --dataset parquet; npz has a rule of its own
          --dataset parquet --source x                     | --layout is missing: a table does not say what its joints are
          --dataset parquet --source x --layout stick      | --layout stick: no layout is named 'stick'; there are [kinect-v2
          --dataset parquet --source x --layout ./no.conf  | no.conf
          --dataset pku-mmd-1 --source x --protocol xset   | --protocol xset: expected one of [xsub, xview, xsetup]
          """)
  void mistakes_are_named_in_one_line(String options, String message) {
    CommandCall call =
        CommandCall.of(
            Stream.concat(
                    Stream.of("prepare", "--out", "never-written"),
                    List.of(options.strip().split(" +", -1)).stream())
                .toList());
    assertThat(call.exitCode()).isEqualTo(2);
    assertThat(call.err()).contains(message).doesNotContain("\tat ");
  }
}
