package dev.armature.dataset.store;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.armature.skeleton.SkeletonLayouts;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RawDatasetsTest {

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PARQUET")
  void every_data_set_can_be_sent_to_the_executors(DatasetKind kind) {
    PrepareRequest request = PrepareRequest.of(kind, "here", kind.usualProtocol(), "there");
    for (PrepareRequest each :
        List.of(request, request.withLayout(SkeletonLayouts.named("kinect-v1")))) {
      assertThatCode(
              () -> {
                try (ObjectOutputStream out =
                    new ObjectOutputStream(OutputStream.nullOutputStream())) {
                  out.writeObject(RawDatasets.of(each));
                }
              })
          .doesNotThrowAnyException();
    }
  }
}
