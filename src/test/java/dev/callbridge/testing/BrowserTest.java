package dev.callbridge.testing;

import dev.callbridge.CallbridgeApplication;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.ContextConfiguration;

/// As [CallbridgeTest], in a [Browser]: against another running application with a database of its
/// own, so that these may run beside those.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
    classes = CallbridgeApplication.class,
    webEnvironment = WebEnvironment.DEFINED_PORT,
    // Two applications with the same settings would be one.
    properties = "test.application=browser")
@ContextConfiguration(initializers = TestEnvironment.class)
@ActiveProfiles("sandbox")
@Import(Callbridge.class)
@ResourceLock("the application in a browser")
public @interface BrowserTest {}
