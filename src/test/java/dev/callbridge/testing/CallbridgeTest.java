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

/// A test against the running application, as its users and its vendors meet it: over sockets. A
/// [Callbridge] may be injected. All of them are about the same application, one after the other.
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(classes = CallbridgeApplication.class, webEnvironment = WebEnvironment.DEFINED_PORT)
@ContextConfiguration(initializers = TestEnvironment.class)
@ActiveProfiles("sandbox")
@Import(Callbridge.class)
@ResourceLock("the application")
public @interface CallbridgeTest {}
