import { useWho } from "../../queries/account";
import { PageBody, PageHeader } from "../../ui";
import { NotPermitted } from "../../widgets/NotPermitted";
import { Keys } from "../access/Keys";
import { AboutMe } from "./AboutMe";
import { PasswordSection } from "./PasswordSection";
import { SecondFactor } from "./SecondFactor";
import { Sessions } from "./Sessions";

/** What everybody does for themselves. */
export default function ProfilePage() {
  const { user, no_auth } = useWho();
  return (
    <>
      <PageHeader title="Profile" />
      <PageBody>
        {user === null ? (
          <NotPermitted title="There is no profile here">
            {no_auth ? "The server was started with --no-auth: nobody signs in." : "Sign in to see yours."}
          </NotPermitted>
        ) : (
          <>
            <AboutMe key={user.id} user={user} />
            <Keys path="/api/v1/profile/keys" note="for programs that act for you" />
            <Sessions />
            {user.has_password ? (
              <>
                <SecondFactor on={user.has_second_factor} />
                <PasswordSection name={user.name} />
              </>
            ) : null}
          </>
        )}
      </PageBody>
    </>
  );
}
