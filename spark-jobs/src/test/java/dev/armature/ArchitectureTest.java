package dev.armature;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures;

@AnalyzeClasses(packages = "dev.armature", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

  @ArchTest
  static final ArchRule packages_depend_in_one_direction =
      Architectures.layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("tensor")
          .definedBy("dev.armature.tensor..")
          .layer("skeleton")
          .definedBy("dev.armature.skeleton..")
          .layer("dataset")
          .definedBy("dev.armature.dataset..")
          .layer("augment")
          .definedBy("dev.armature.augment..")
          .layer("encoder")
          .definedBy("dev.armature.encoder..")
          .layer("distill")
          .definedBy("dev.armature.distill..")
          .layer("round")
          .definedBy("dev.armature.round..")
          .layer("exchange")
          .definedBy("dev.armature.exchange..")
          .layer("evaluate")
          .definedBy("dev.armature.evaluate..")
          .layer("report")
          .definedBy("dev.armature.report..")
          .layer("job")
          .definedBy("dev.armature.job..")
          .withOptionalLayers(true)
          .whereLayer("job")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("report")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("evaluate")
          .mayOnlyBeAccessedByLayers("report", "job")
          .whereLayer("exchange")
          .mayOnlyBeAccessedByLayers("job")
          .whereLayer("round")
          .mayOnlyBeAccessedByLayers("exchange", "evaluate", "report", "job")
          .whereLayer("distill")
          .mayOnlyBeAccessedByLayers("round", "exchange", "evaluate", "report", "job")
          .whereLayer("encoder")
          .mayOnlyBeAccessedByLayers("distill", "round", "exchange", "evaluate", "report", "job")
          .whereLayer("augment")
          .mayOnlyBeAccessedByLayers(
              "encoder", "distill", "round", "exchange", "evaluate", "report", "job")
          .whereLayer("dataset")
          .mayOnlyBeAccessedByLayers(
              "augment", "encoder", "distill", "round", "exchange", "evaluate", "report", "job")
          .whereLayer("skeleton")
          .mayOnlyBeAccessedByLayers(
              "dataset",
              "augment",
              "encoder",
              "distill",
              "round",
              "exchange",
              "evaluate",
              "report",
              "job");

  @ArchTest
  static final ArchRule the_method_knows_nothing_of_spark =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.armature.tensor..",
              "dev.armature.skeleton..",
              "dev.armature.dataset..",
              "dev.armature.augment..",
              "dev.armature.encoder..",
              "dev.armature.distill..")
          .and(
              DescribedPredicate.not(
                  com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                      "dev.armature.dataset.store..")))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..");

  @ArchTest
  static final ArchRule preflight_checks_know_nothing_of_commands =
      noClasses()
          .that()
          .resideInAPackage("dev.armature.job.preflight..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("dev.armature.job");

  @ArchTest
  static final ArchRule no_file_is_read_by_java_deserialization =
      noClasses()
          .should()
          .dependOnClassesThat()
          .haveNameMatching(
              "java\\.io\\.ObjectInputStream|java\\.beans\\.XMLDecoder|.*\\.SerializationUtils");

  @ArchTest
  static final ArchRule checkpoints_are_read_only_where_their_checksum_is_compared =
      noClasses()
          .that()
          .doNotHaveFullyQualifiedName("dev.armature.round.CheckpointStore")
          .and()
          .haveNameNotMatching("dev\\.armature\\.round\\.CheckpointFormat.*")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName("dev.armature.round.CheckpointFormat");
}
