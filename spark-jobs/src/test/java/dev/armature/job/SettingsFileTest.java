package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import dev.armature.distill.ClusterSettings;
import dev.armature.distill.DistillSettings;
import dev.armature.distill.MiningSettings;
import dev.armature.round.FactorChange;
import dev.armature.round.LearningRate;
import dev.armature.round.Momentum;
import dev.armature.round.OuterOptimizer;
import dev.armature.round.QueueSharing;
import dev.armature.round.RateScaling;
import dev.armature.round.Sharing;
import dev.armature.round.Stages;
import dev.armature.round.Teacher;
import dev.armature.round.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsFileTest {
  @TempDir private Path folder;

  private static Settings set(String... overrides) {
    return SettingsFile.read((String) null, List.of(overrides), new Configuration());
  }

  static Stream<Path> recipes() throws IOException {
    Path conf = Path.of("..", "conf");
    try (Stream<Path> files = Files.list(conf)) {
      return files
          .filter(file -> file.toString().endsWith(".conf"))
          .filter(file -> !file.getFileName().toString().matches("(compare|spark)-.*"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void every_recipe_that_comes_along_can_be_read(Path recipe) {
    Settings settings = SettingsFile.read(recipe.toString(), List.of(), new Configuration());
    assertThat(settings.modalities()).isNotEmpty();
  }

  @Test
  void the_defaults_are_the_published_recipe() {
    Settings settings = set();
    assertThat(settings.encoder().hidden()).isEqualTo(1024);
    assertThat(settings.distill().queue()).isEqualTo(16384);
    assertThat(settings.distill().neighbours()).isEqualTo(8192);
    assertThat(settings.train().rate().ofOneWorker(0)).isEqualTo(0.01);
    assertThat(settings.train().rate().ofOneWorker(351)).isEqualTo(0.001);
  }

  @Test
  void the_command_line_overrides_the_recipe_and_the_recipe_the_defaults() throws IOException {
    Path recipe = Files.writeString(folder.resolve("r.conf"), "encoder { hidden = 8, layers = 2 }");
    Settings settings =
        SettingsFile.read(
            recipe.toString(),
            List.of("encoder.layers=1", "round.teacher=per-round", "output.dir=hdfs://name/x"),
            new Configuration());
    assertThat(settings.encoder().hidden()).isEqualTo(8);
    assertThat(settings.encoder().layers()).isEqualTo(1);
    assertThat(settings.round().teacher()).isEqualTo(Teacher.PER_ROUND);
    assertThat(settings.outputDir()).isEqualTo("hdfs://name/x");
  }

  @Test
  void all_problems_are_named_at_once() throws IOException {
    Path recipe =
        Files.writeString(
            folder.resolve("r.conf"),
            "encoder.hiden = 8\nseed = 2\ntrain.epochs = many\ntrain.batch = 0");
    assertThatThrownBy(
            () ->
                SettingsFile.read(
                    recipe.toString(),
                    List.of("distill.neighbours=100", "distill.queue=64", "encoder.backend=cuda"),
                    new Configuration()))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("encoder.hiden: unknown key")
        .hasMessageContaining("r.conf")
        .hasMessageContaining("did you mean encoder.hidden?")
        .hasMessageContaining("did you mean train.seed?")
        .hasMessageContaining("train.epochs: found \"many\"")
        .hasMessageContaining("train.batch: found 0")
        .hasMessageContaining("distill.neighbours: found 100, expected at most distill.queue = 64")
        .hasMessageContaining(
            "encoder.backend: found 'cuda', expected one of onednn, plain, cudnn");
  }

  @Test
  void a_configuration_from_before_a_key_went_is_read_unless_it_asks_for_what_is_no_more() {
    Config stored = SettingsFile.reference();
    Config before = stored.withValue("encoder.heads", ConfigValueFactory.fromAnyRef(1));
    assertThat(SettingsFile.readForEvaluation(before, List.of()))
        .isEqualTo(SettingsFile.readForEvaluation(stored, List.of()));
    assertThatThrownBy(() -> set("encoder.heads=2"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("encoder.heads: unknown key");
  }

  @Test
  void what_cannot_be_read_is_one_problem_in_the_words_of_the_file() {
    assertThatThrownBy(() -> set("encoder.modalities=[joint,speed]"))
        .hasMessageContaining("found 'speed', expected one of joint")
        .hasMessageNotContaining("stands twice");
    assertThatThrownBy(() -> set("encoder.modalities=joint"))
        .hasMessageContaining("expected a list")
        .hasMessageNotContaining("is empty");
    assertThatThrownBy(() -> set("distill.schedule=[{epoch=0,factor=2}]"))
        .hasMessageContaining("found [{ epoch = 0, factor = 2.0 }], expected a list of");
    assertThatThrownBy(() -> set("train.schedule=[{epoch=1.5,factor=2}]"))
        .hasMessageContaining("train.schedule: found [{\"epoch\":1.5,\"factor\":2}]");
    assertThatThrownBy(() -> set("distill.weight=-1"))
        .hasMessageContaining("found -1.0, expected a number from 0.0 on");
    assertThatThrownBy(() -> set("distill.cluster.most=-1"))
        .hasMessageContaining("found -1, expected a whole number from 0 on");
  }

  @Test
  void a_queue_smaller_than_a_batch_is_refused_with_both_numbers() {
    assertThatThrownBy(() -> set("distill.queue=32", "distill.neighbours=16", "train.batch=64"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("distill.queue: found 32, expected at least train.batch = 64");
  }

  @Test
  void neighbours_may_be_a_fraction_of_the_queue() {
    assertThat(set("distill.queue=600", "distill.neighbours=0.25").distill().neighbours())
        .isEqualTo(150);
    assertThatThrownBy(() -> set("distill.neighbours=1.5"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining(
            "distill.neighbours: found 1.5, expected a whole number from 1 on, or a fraction");
  }

  @Test
  void every_choice_of_a_method_has_a_key() {
    DistillSettings distill =
        set(
                "distill.method=crosclr",
                "distill.mining.positives=5",
                "distill.mining.form=log-of-sum",
                "distill.mining.beside-contrast=true",
                "distill.cluster.weight=0.5",
                "distill.cluster.most=7",
                "distill.cluster.least-similarity=-0.25",
                "distill.cluster.temperature=0.2",
                "distill.cluster.excludes-neighbours=false",
                "distill.cluster.teaches=aggregate",
                "distill.cluster.from-instance=2",
                "distill.cluster.from-cluster=0",
                "distill.cluster.cross-modal=true")
            .distill();
    assertThat(distill.mining())
        .isEqualTo(new MiningSettings(5, MiningSettings.Form.LOG_OF_SUM, true));
    assertThat(distill.cluster())
        .isEqualTo(
            new ClusterSettings(
                0.5, 7, -0.25, 0.2, false, ClusterSettings.Teaches.AGGREGATE, 2, 0, true));
    assertThat(set().distill().mining()).isEqualTo(MiningSettings.PUBLISHED);
    assertThat(set().distill().cluster()).isEqualTo(ClusterSettings.DEFAULT);
    assertThat(set("distill.topology=consensus").distill().topology())
        .isEqualTo(DistillSettings.Topology.CONSENSUS);
  }

  @Test
  void what_a_method_cannot_have_is_refused() {
    assertThatThrownBy(
            () ->
                set(
                    "distill.method=crosclr",
                    "distill.topology=consensus",
                    "distill.queue=64",
                    "distill.neighbours=8",
                    "distill.mining.positives=65",
                    "distill.start-epoch=451"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("distill.topology: found consensus, expected pairwise: crosclr has")
        .hasMessageContaining(
            "distill.mining.positives: found 65, expected at most distill.queue = 64")
        .hasMessageContaining(
            "distill.start-epoch: found 451, expected less than train.epochs = 451");
  }

  @Test
  void the_branches_of_a_modality_distil_from_the_same_epoch_on_unless_another_is_given() {
    assertThat(set("distill.start-epoch=5").stages()).isEqualTo(new Stages(5, 5, List.of()));
    assertThat(
            set(
                    "distill.start-epoch=5",
                    "distill.cluster.start-epoch=0",
                    "distill.schedule=[{ epoch = 7, factor = 0.5 }]")
                .stages())
        .isEqualTo(new Stages(5, 0, List.of(new FactorChange(7, 0.5))));
  }

  @Test
  void a_broken_schedule_is_refused() {
    assertThatThrownBy(() -> set("train.schedule=[{epoch=0, factor=0.1}]"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("train.schedule");
    assertThatThrownBy(() -> set("train.schedule=[{factor=0.1}]"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("train.schedule");
  }

  @Test
  void an_override_without_a_value_is_refused() {
    assertThatThrownBy(() -> set("train.epochs"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("expected key=value");
  }

  @Test
  void a_missing_recipe_is_named() {
    assertThatThrownBy(
            () ->
                SettingsFile.read(
                    folder.resolve("none.conf").toString(), List.of(), new Configuration()))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("none.conf");
  }

  @Test
  void settings_rendered_and_read_again_are_the_same() throws IOException {
    Settings settings = set("encoder.hidden=8", "train.schedule=[{epoch=3, factor=0.5}]");
    Path file =
        Files.writeString(folder.resolve("run.conf"), SettingsFile.render(settings.config()));
    Settings again = SettingsFile.read(file.toString(), List.of(), new Configuration());
    assertThat(again.train()).isEqualTo(settings.train());
    assertThat(again.encoder()).isEqualTo(settings.encoder());
    assertThat(again.config().root().unwrapped()).isEqualTo(settings.config().root().unwrapped());
  }

  @Test
  void by_default_workers_share_everything() {
    assertThat(set().round().sharing()).isEqualTo(Sharing.EVERYTHING);
    assertThat(set().train().rate().scaling()).isEqualTo(RateScaling.NONE);
  }

  @Test
  void each_outer_optimizer_has_the_defaults_of_its_paper() {
    assertThat(set("round.outer=slowmo").round().sharing().outer())
        .isEqualTo(new OuterOptimizer.SlowMo(1, 0.5));
    assertThat(set("round.outer=nesterov").round().sharing().outer())
        .isEqualTo(new OuterOptimizer.Nesterov(0.7, 0.9));
    assertThat(set("round.outer=nesterov", "round.nesterov.momentum=0").round().sharing().outer())
        .isEqualTo(new OuterOptimizer.Nesterov(0.7, 0));
  }

  @Test
  void what_workers_share_is_read_by_name() {
    Sharing sharing =
        set("round.momentum=local", "round.wire=bfloat16", "round.queue=local").round().sharing();
    assertThat(sharing)
        .isEqualTo(
            new Sharing(
                new OuterOptimizer.Average(), Momentum.LOCAL, Wire.BFLOAT16, QueueSharing.LOCAL));
    assertThatThrownBy(() -> set("round.outer=adam", "round.wire=int8", "round.slowmo.momentum=1"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining(
            "round.outer: found 'adam', expected one of average, slowmo, nesterov")
        .hasMessageContaining("round.wire: found 'int8', expected one of float32, bfloat16")
        .hasMessageContaining("round.slowmo.momentum: found 1.0");
  }

  @Test
  void a_warm_up_needs_a_rate_to_warm_up_to() {
    assertThatThrownBy(() -> set("train.warm-up-epochs=5"))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("train.warm-up-epochs: found 5, expected 0")
        .hasMessageContaining("train.learning-rate-scaling = none");
    assertThat(set("train.warm-up-epochs=5", "train.learning-rate-scaling=linear").train().rate())
        .isEqualTo(new LearningRate(0.01, set().train().rate().schedule(), RateScaling.LINEAR, 5));
  }
}
