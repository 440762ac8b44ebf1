package dev.armature.dataset.store;

import dev.armature.dataset.DatasetException;
import dev.armature.dataset.Fault;
import dev.armature.dataset.Inventory;
import dev.armature.dataset.Recording;
import dev.armature.dataset.SetAside;
import dev.armature.dataset.Split;
import dev.armature.dataset.synthetic.SyntheticOptions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Puts a manifest together, and refuses what cannot be used. */
final class ManifestBuilder {
  /** Enough to see what is wrong with a data set, little enough to read. */
  private static final int LISTED = 1000;

  private static final int LISTED_IN_MESSAGE = 5;

  private final PrepareRequest request;
  private final Inventory inventory;
  private final String sparkVersion;

  ManifestBuilder(PrepareRequest request, Inventory inventory, String sparkVersion) {
    this.request = request;
    this.inventory = inventory;
    this.sparkVersion = sparkVersion;
  }

  /**
   * Checks that a manifest is of what would be prepared now.
   *
   * @throws DatasetException naming the first thing in which it differs
   */
  void requireSameAs(Manifest existing) {
    requireSame("data set", request.dataset().label(), existing.dataset());
    requireSame("protocol", request.protocol().label(), existing.protocol());
    requireSame("layout", inventory.layout().name(), existing.layout().name());
    requireSame("layout's joints and bones", inventory.layout(), existing.layout());
    requireSame("options", options(), existing.options());
    requireSame("source", source(), existing.source());
  }

  private void requireSame(String what, Object asked, Object found) {
    if (!asked.equals(found)) {
      throw new DatasetException(
          "%s holds another prepared data set: its %s is %s, asked for is %s; choose another --out, or delete that folder first"
              .formatted(request.output(), what, found, asked));
    }
  }

  /**
   * The manifest of what was read.
   *
   * @throws DatasetException if a split is empty, or a recording is bad and the request is strict
   */
  Manifest build(PartitionSummary whole) {
    List<SetAside> setAside = new ArrayList<>(whole.setAside());
    setAside.sort(Comparator.comparing(SetAside::id));
    if (request.strict()) {
      refuseBad(setAside);
    }
    Map<String, Manifest.SplitSummary> splits = new LinkedHashMap<>();
    for (Split split : Split.values()) {
      if (whole.split(split).sequences() == 0) {
        throw emptySplit(split, setAside);
      }
      splits.put(split.label(), whole.split(split).summary(inventory.classes()));
    }
    return new Manifest(
        Manifest.FORMAT,
        request.dataset().label(),
        request.protocol().label(),
        source(),
        options(),
        inventory.layout(),
        whole.persons(),
        new Manifest.Classes(inventory.classes(), inventory.classNames()),
        splits,
        whole.checksum().hex(),
        summary(setAside),
        versions());
  }

  private void refuseBad(List<SetAside> setAside) {
    List<SetAside> bad =
        setAside.stream().filter(one -> one.fault() != Fault.LISTED_AS_MISSING).toList();
    if (!bad.isEmpty()) {
      throw new DatasetException(
          "%d of %d recordings are bad, and strict preparation was asked for: %s"
              .formatted(bad.size(), inventory.recordings().size(), examples(bad)));
    }
  }

  private DatasetException emptySplit(Split split, List<SetAside> setAside) {
    return new DatasetException(
        "the %s split is empty: of %d recordings in %s, protocol %s puts %d there, and %d recordings were set aside%s; check the source and the protocol"
            .formatted(
                split.label(),
                inventory.recordings().size(),
                request.source(),
                request.protocol().label(),
                inventory.recordings().stream().filter(r -> r.split() == split).count(),
                setAside.size(),
                setAside.isEmpty() ? "" : " (" + examples(setAside) + ")"));
  }

  private static String examples(List<SetAside> setAside) {
    String first =
        setAside.stream()
            .limit(LISTED_IN_MESSAGE)
            .map(one -> one.id() + ": " + one.reason())
            .collect(Collectors.joining("; "));
    return setAside.size() > LISTED_IN_MESSAGE ? first + "; …" : first;
  }

  private static Manifest.SetAsideSummary summary(List<SetAside> setAside) {
    Map<String, Integer> byFault =
        setAside.stream()
            .map(one -> one.fault().label())
            .collect(Collectors.toMap(Function.identity(), fault -> 1, Integer::sum, TreeMap::new));
    List<Manifest.Omission> listed =
        setAside.stream()
            .limit(LISTED)
            .map(one -> new Manifest.Omission(one.id(), one.fault().label(), one.reason()))
            .toList();
    return new Manifest.SetAsideSummary(setAside.size(), byFault, listed);
  }

  private Map<String, String> options() {
    Map<String, String> options = new TreeMap<>();
    request.missing().ifPresent(list -> options.put("missing", list));
    if (!request.splits().isEmpty()) {
      options.put("splits", String.join(",", request.splits()));
    }
    if (!request.training().isEmpty()) {
      options.put(
          "training",
          request.training().stream().map(String::valueOf).collect(Collectors.joining(",")));
    }
    if (request.dataset() == DatasetKind.SYNTHETIC) {
      SyntheticOptions synthetic = request.synthetic();
      options.put("subjects", Integer.toString(synthetic.subjects()));
      options.put("repetitions", Integer.toString(synthetic.repetitions()));
      options.put("noise", Double.toString(synthetic.noise()));
      options.put("seed", Long.toString(synthetic.seed()));
    }
    return options;
  }

  private Manifest.Source source() {
    MessageDigest digest = ContentChecksum.sha256();
    for (Recording recording : inventory.recordings()) {
      update(digest, recording.id(), recording.split().label(), Long.toString(recording.bytes()));
    }
    for (SetAside one : inventory.setAside()) {
      update(digest, one.id(), one.fault().label());
    }
    String fingerprint = HexFormat.of().formatHex(digest.digest(), 0, 16);
    return new Manifest.Source(request.source(), inventory.recordings().size(), fingerprint);
  }

  private static void update(MessageDigest digest, String... words) {
    digest.update((String.join("\t", words) + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private Map<String, String> versions() {
    Map<String, String> versions = new TreeMap<>();
    String own = Manifest.class.getPackage().getImplementationVersion();
    versions.put("armature", Optional.ofNullable(own).orElse("development"));
    versions.put("spark", sparkVersion);
    return versions;
  }
}
