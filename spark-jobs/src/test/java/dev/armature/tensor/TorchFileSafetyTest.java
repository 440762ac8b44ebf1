package dev.armature.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files come from {@code oracle/torch_files.py}. */
class TorchFileSafetyTest {
  private static final List<byte[]> GOOD =
      Stream.of("checkpoint", "checkpoint-legacy", "views", "views-legacy", "plain", "protocol4")
          .map(TorchFileSafetyTest::bytes)
          .toList();

  /** Bytes put somewhere. */
  record Change(int place, byte[] bytes) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          system                     | it names os.system, which is not among what is read, and nothing was run; save it again with only the state dict: torch.save({'state_dict': …, 'optimizer': …, 'epoch': …})
          system-in-a-list           | it names posix.system,
          stack-global               | it names builtins.eval,
          inst                       | it names os.system,
          inst-of-a-known-name       | more than containers, strings and numbers: step 0x69 at byte 1
          obj                        | it names os.system,
          newobj                     | more than containers, strings and numbers: step 0x81
          build-dictionary           | sets the attributes of something that is no OrderedDict
          build-list                 | sets the attributes of something that is no OrderedDict
          namespace                  | it names argparse.Namespace,
          numpy-scalar               | it names numpy.core.multiarray.scalar,
          global-as-value            | class is no container, string, 64-bit number or tensor
          storage-as-value           | storage is no container, string, 64-bit number or tensor
          storage-class-called       | calls something that is no function
          call-of-a-string           | calls something that is no function
          extension                  | step 0x82
          persistent-text            | step 0x50
          bytes                      | step 0x43
          set                        | step 0x8f
          dictionary-in-itself       | more than 32 deep
          list-as-key                | a key that is neither a string nor a 64-bit integer
          laughs                     | more than 1048576 objects
          deep                       | more than 32 deep
          long-string                | it asks for 2147483647 more bytes, 1 are left
          longest-string             | it asks for 18446744073709551615 more bytes, 1 are left
          long-integer               | step 0x8b
          wide-integer               | the whole content is no container, string, 64-bit number
          no-end                     | it asks for 1 more bytes, 0 are left
          nothing-on-the-stack       | garbled near byte 3
          no-memo                    | garbled near byte 4
          marker-as-value            | the whole content is no container
          not-utf8                   | is no UTF-8
          shape-too-large            | tensor weight: its shape [2, 3] with strides [3, 1] from number 0 does not fit into storage 0, which has 4
          shape-overflows            | tensor weight: its shape is [2147483647, 2147483647]; the most that is read are 2147483647 numbers
          shape-of-64-bits           | tensor weight: its shape is [4611686018427387904, 1]; the most
          stride-overflows           | tensor weight: its shape [2, 2] with strides [9223372036854775807, 1]
          shape-negative             | tensor weight: its shape is [-1, 2]
          stride-negative            | with strides [-1, 1]
          offset-negative            | from number -1
          offset-too-large           | from number 1 does not fit into storage 0, which has 4
          stride-zero                | tensor weight: elements of shape [2, 2] with strides [0, 1] overlap
          dimensions                 | a tensor has 65 dimensions, the most are 64
          shape-without-strides      | tensor weight: its shape is [2, 2] with strides []
          storage-absent             | it has no entry data/9, which a tensor refers to
          storage-elsewhere          | it has no entry data/../data.pkl,
          storage-too-short          | its entry data/0 has 16 bytes where 5 numbers of type float32 take 20
          storage-huge               | storage 0 has 9223372036854775807 numbers
          storage-of-two-types       | storage 0 has 4 numbers of type float32 in one place and 4 of type int64 in another
          storage-no-tuple           | gives a reference to a storage what it does not take
          rebuild-without-arguments  | gives _rebuild_tensor_v2 what it does not take
          parameter-of-a-string      | gives _rebuild_parameter what it does not take
          entry-out-of-the-archive   | its entry archive/../../etc/passwd points out of the archive
          entry-absolute             | its entry /etc/passwd points out of the archive
          entry-in-another-folder    | its entry other/data.pkl is not in the folder archive
          entry-twice                | its entry archive/data.pkl is there twice
          entry-beyond-the-file      | it is a damaged zip archive (data for archive/data/0 overlaps with central directory.)
          big-endian                 | in the byte order 'big', expected 'little'
          script                     | it is a TorchScript archive
          compressed                 | its entry archive/data.pkl is compressed
          bomb                       | its entry archive/data.pkl is compressed
          no-pickle                  | without data.pkl
          legacy-plain-pickle        | it is a pickle, but not one of torch.save
          legacy-protocol            | its protocol is not 1001
          legacy-big-endian          | not saved on a little-endian machine
          legacy-system              | it names os.system,
          legacy-system-first        | it names os.system,
          legacy-cut-in-storage      | cut short within storage 0
          legacy-cut-before-storage  | cut short before storage 0
          legacy-other-length        | its storage 0 has 5 numbers, tensors refer to 4
          legacy-key-twice           | a key twice
          legacy-key-unknown         | or one that no tensor refers to
          legacy-key-missing         | it lacks storage 0
          legacy-keys-no-list        | its list of storages is no list
          legacy-view-outside        | a view of storage 0 has the numbers 3 to 5, the storage has 4
          legacy-module              | it names torch.nn.modules.linear.Linear,
          """)
  void a_hostile_file_is_refused_by_name(String name, String expected) {
    Path file = hostile(name);
    assertThatThrownBy(() -> MemoryFile.open(file))
        .isInstanceOf(TensorFileException.class)
        .hasMessageContaining(name + ".pth cannot be read: ")
        .hasMessageContaining(expected);
    assertThat(Path.of("was-here")).doesNotExist();
  }

  @Test
  void steps_and_bytes_of_a_pickle_are_limited() {
    byte[] steps = "N0N0N.".getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(() -> unpickle(steps, 100, 5))
        .hasMessage("its pickle has more than 5 steps, the most that are followed");
    assertThatThrownBy(() -> unpickle(steps, 4, 10))
        .hasMessage("its pickle has more than 4 bytes, the most that is read");
  }

  private static Object unpickle(byte[] bytes, long limit, long steps) throws IOException {
    return RestrictedUnpickler.read(
        new PickleInput(new ByteArrayInputStream(bytes), bytes.length, limit),
        new TorchNames(),
        steps);
  }

  @Property(tries = 300)
  void a_file_cut_anywhere_is_refused(
      @ForAll("files") byte[] file, @ForAll("fractions") double fraction) {
    byte[] cut = Arrays.copyOf(file, (int) (file.length * fraction));
    assertThatThrownBy(() -> readAll(cut)).isInstanceOf(TensorFileException.class);
  }

  @Property(tries = 2000)
  void a_changed_file_is_read_or_refused(
      @ForAll("files") byte[] file, @ForAll("changes") List<Change> changes) throws IOException {
    byte[] changed = file.clone();
    for (Change change : changes) {
      int place = change.place() % changed.length;
      int count = Math.min(change.bytes().length, changed.length - place);
      System.arraycopy(change.bytes(), 0, changed, place, count);
    }
    try {
      readAll(changed);
    } catch (TensorFileException expected) {
      assertThat(expected).hasMessageContaining("memory.pth");
    }
  }

  @Property(tries = 2000)
  void any_steps_at_all_are_read_or_refused(@ForAll("steps") List<String> steps)
      throws IOException {
    byte[] pickle = String.join("", steps).getBytes(StandardCharsets.ISO_8859_1);
    try {
      PickleContent.of(
          unpickle(pickle, pickle.length, 100),
          (path, reference) -> {
            throw new TensorFileException(path + " needs a file");
          },
          1000);
    } catch (TensorFileException expected) {
      assertThat(expected).hasMessageNotContainingAny("null");
    }
  }

  /** Whole steps with their arguments, so that many of them fit together. */
  @Provide
  Arbitrary<List<String>> steps() {
    return Arbitraries.of(
            "(",
            ")",
            "]",
            "}",
            "N",
            "K\1",
            "K\2",
            "t",
            "l",
            "d",
            "u",
            "e",
            "a",
            "s",
            "0",
            "1",
            "2",
            "\u0085",
            "\u0086",
            "\u0087",
            "R",
            "b",
            "Q",
            "o",
            "\u0081",
            "q\0",
            "q\1",
            "h\0",
            "h\1",
            "\u0088",
            "\u0094",
            "\u0093",
            "X\7\0\0\0storage",
            "X\1\0\0\0a",
            "U\1b",
            "V\\u00e9\n",
            "S'c'\n",
            "I01\n",
            "I7\n",
            "L8L\n",
            "F0.5\n",
            "g0\n",
            "p1\n",
            "\u008a\1\5",
            "\u0095\1\0\0\0\0\0\0\0",
            "ccollections\nOrderedDict\n",
            "ctorch\nFloatStorage\n",
            "ctorch._utils\n_rebuild_tensor_v2\n",
            "ctorch._utils\n_rebuild_parameter\n",
            "(X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0aNK\4tQ",
            ".")
        .list()
        .ofMinSize(1)
        .ofMaxSize(30)
        .map(chosen -> Stream.concat(chosen.stream(), Stream.of(".")).toList());
  }

  @Provide
  Arbitrary<byte[]> files() {
    return Arbitraries.of(GOOD);
  }

  @Provide
  Arbitrary<Double> fractions() {
    return Arbitraries.doubles().between(0, true, 1, false);
  }

  @Provide
  Arbitrary<List<Change>> changes() {
    Arbitrary<byte[]> single = Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(8);
    Arbitrary<byte[]> extreme =
        Arbitraries.of(
            new byte[] {-1, -1, -1, -1},
            new byte[] {-1, -1, -1, 127},
            new byte[] {0, 0, 0, 0},
            new byte[] {'R'},
            new byte[] {'b'},
            new byte[] {'u'},
            new byte[] {'('},
            new byte[] {'.'});
    return Combinators.combine(
            Arbitraries.integers().between(0, 1 << 20), Arbitraries.oneOf(single, extreme))
        .as(Change::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  private static void readAll(byte[] bytes) throws IOException {
    try (TorchFile file = MemoryFile.open(bytes)) {
      readTensors(file.content());
    }
  }

  private static void readTensors(Object content) throws IOException {
    if (content instanceof Map<?, ?> map) {
      for (Object value : map.values()) {
        readTensors(value);
      }
    } else if (content instanceof List<?> list) {
      for (Object value : list) {
        readTensors(value);
      }
    } else if (content instanceof StoredTensor tensor) {
      if (tensor.type().equals("float32")) {
        tensor.read(new float[tensor.length()], 0);
      } else if (!tensor.type().contains("float")) {
        assertThat(tensor.integers()).hasSize(tensor.length());
      }
    }
  }

  private static byte[] bytes(String name) {
    try {
      return Files.readAllBytes(MemoryFile.fixtures().resolve(name + ".pth"));
    } catch (IOException absent) {
      throw new IllegalStateException(absent);
    }
  }

  private static Path hostile(String name) {
    return MemoryFile.fixtures().resolve("hostile").resolve(name + ".pth");
  }
}
