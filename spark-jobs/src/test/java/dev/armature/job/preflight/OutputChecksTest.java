package dev.armature.job.preflight;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The folder that is to be written to, and the room in it. */
class OutputChecksTest {
  @TempDir private java.nio.file.Path folder;

  private Path path(String name) {
    return new Path(folder.resolve(name).toUri());
  }

  private static LocalFileSystem local() throws IOException {
    return FileSystem.getLocal(new Configuration());
  }

  @Test
  void a_folder_that_is_not_there_is_made_and_removed_with_all_above_it() throws IOException {
    Finding finding = OutputFolderCheck.of(local(), path("a/b/run"));

    assertThat(finding.verdict()).isEqualTo(Verdict.OK);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void a_folder_that_is_there_stays_as_it_is() throws IOException {
    Files.createDirectories(folder.resolve("run"));
    Files.writeString(folder.resolve("run").resolve("run.conf"), "kept");

    assertThat(OutputFolderCheck.of(local(), path("run")).verdict()).isEqualTo(Verdict.OK);
    assertThat(folder.resolve("run")).isDirectoryContaining("glob:**run.conf");
    assertThat(folder.resolve("run").toFile().list()).hasSize(1);
  }

  @Test
  void a_file_in_the_way_is_named() throws IOException {
    Files.writeString(folder.resolve("run"), "a file");

    for (String name : new String[] {"run", "run/below/it"}) {
      Finding finding = OutputFolderCheck.of(local(), path(name));
      assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(finding.remedy()).contains(folder.resolve("run").toString(), "output.dir");
    }
    assertThat(folder.resolve("run")).hasContent("a file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mkdirs", "create", "rename"})
  void what_a_file_system_refuses_is_found_out_and_nothing_is_left_behind(String what)
      throws IOException {
    Finding finding = OutputFolderCheck.of(RefusingFileSystem.refusing(what), path("a/run"));

    assertThat(finding.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(finding.remedy()).contains("Read-only file system", "a/run");
    assertThat(folder).isEmptyDirectory();
  }

  private Finding room(long room, int kept, int there) throws IOException {
    RefusingFileSystem fileSystem = RefusingFileSystem.refusing("");
    fileSystem.getConf().setLong("test.room", room);
    return CheckpointSpaceCheck.of(fileSystem, path("a/run"), 1_000, kept, there);
  }

  @Test
  void there_must_be_room_for_what_is_kept_and_the_one_that_is_written() throws IOException {
    assertThat(room(4_000, 3, 0).verdict()).isEqualTo(Verdict.OK);
    assertThat(room(3_999, 3, 0).verdict()).isEqualTo(Verdict.WARNING);
    assertThat(room(1_999, 3, 0).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void checkpoints_that_are_there_need_no_further_room() throws IOException {
    assertThat(room(1_000, 3, 3).verdict()).isEqualTo(Verdict.OK);
    assertThat(room(999, 3, 3).verdict()).isEqualTo(Verdict.FAIL);
  }

  @Test
  void how_many_would_fit_is_named() throws IOException {
    assertThat(room(3_500, 5, 0).remedy()).contains("checkpoint.keep=2");
    assertThat(room(3_500, 2, 0).verdict()).isEqualTo(Verdict.OK);
  }

  @Test
  void the_room_on_a_real_disk_is_told_also_where_the_folder_is_not_there() throws IOException {
    Finding finding = CheckpointSpaceCheck.of(local(), path("a/b"), 1, 3, 0);

    assertThat(finding.verdict()).isEqualTo(Verdict.OK);
    assertThat(finding.found()).matches("[0-9.]+ [MG]B");
  }
}
