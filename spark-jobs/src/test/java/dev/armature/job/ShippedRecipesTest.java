package dev.armature.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippedRecipesTest {
  @TempDir private Path folder;
  private Path out;

  @BeforeEach
  void make_a_folder_for_what_is_sent() throws IOException {
    out = Files.createDirectory(folder.resolve("out"));
  }

  private ShippedRecipes ship(String... command) throws IOException {
    return ShippedRecipes.write(List.of(command), out, "", new Configuration(false));
  }

  private Path recipe(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void a_recipe_goes_with_what_it_includes_under_its_own_name() throws IOException {
    recipe("base.conf", "encoder.hidden = 8, train.batch = 4");
    Path recipe = recipe("mine.conf", "include required(\"base.conf\")\ntrain.batch = 16");
    ShippedRecipes shipped = ship("pretrain", "--conf", recipe.toString(), "--set", "train.seed=2");
    assertThat(shipped.command())
        .containsExactly("pretrain", "--conf", "mine.conf", "--set", "train.seed=2");
    assertThat(shipped.files()).containsExactly(out.resolve("mine.conf"));
    assertThat(ConfigFactory.parseString(Files.readString(out.resolve("mine.conf"))))
        .isEqualTo(ConfigFactory.parseString("encoder.hidden = 8, train.batch = 16"));
  }

  @Test
  void an_option_may_have_an_equals_sign() throws IOException {
    Path recipe = recipe("mine.conf", "train.batch = 16");
    assertThat(ship("pretrain", "--conf=" + recipe).command())
        .containsExactly("pretrain", "--conf=mine.conf");
    assertThat(out.resolve("mine.conf")).exists();
  }

  @Test
  void what_a_recipe_refers_to_may_still_be_set_on_the_command_line() throws IOException {
    Path recipe = recipe("mine.conf", "train.epochs = 5, evaluate.linear-epochs = ${train.epochs}");
    ship("pretrain", "--conf", recipe.toString());
    Settings settings =
        SettingsFile.read(
            out.resolve("mine.conf").toString(),
            List.of("train.epochs=7"),
            new Configuration(false));
    assertThat(settings.config().getInt("evaluate.linear-epochs")).isEqualTo(7);
  }

  @Test
  void what_lies_elsewhere_or_is_no_file_stays_as_it_is() throws IOException {
    ShippedRecipes shipped =
        ship("prepare", "--conf", "hdfs://cluster/recipe.conf", "--layout", "kinect-v1");
    assertThat(shipped.files()).isEmpty();
    assertThat(shipped.command())
        .containsExactly(
            "prepare", "--conf", "hdfs://cluster/recipe.conf", "--layout", "kinect-v1");
  }

  @Test
  void a_recipe_that_is_not_there_is_refused_by_the_check_before() {
    assertThat(
            Main.check(new Configuration(false), List.of("pretrain", "--conf", "none.conf"), true))
        .hasValue(2);
  }

  @Test
  void a_recipe_that_is_no_hocon_is_refused() throws IOException {
    Path recipe = recipe("mine.conf", "train {");
    assertThatThrownBy(() -> ship("pretrain", "--conf", recipe.toString()))
        .isInstanceOf(UserMistakeException.class)
        .hasMessageContaining("not HOCON");
  }
}
