package dev.midge;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// How all code is written, that of tests included.
@AnalyzeClasses(packages = "dev.midge")
class ConventionsTest {

  @ArchTest
  static final ArchRule NOBODY_SLEEPS =
      noClasses()
          .should()
          .callMethodWhere(target(name("sleep")).and(targetOwner(type(Thread.class))))
          .because("who waits for something watches it");

  @ArchTest
  static final ArchRule NOBODY_DELETES_RANGES =
      noClasses()
          .should()
          .callMethodWhere(
              target(nameMatching("deleteRange.*"))
                  .and(targetOwner(resideInAPackage("org.rocksdb.."))))
          .because("each range makes all reading of RocksDB slower until it is compacted");

  @ArchTest
  static final ArchRule NAMES_SAY_WHAT_A_TYPE_IS =
      noClasses()
          .should()
          .haveNameMatching(".*(Utils?|Helper|Manager|Impl|Base)$")
          .orShould()
          .haveSimpleNameStartingWith("Abstract");
}
