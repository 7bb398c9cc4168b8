import { useRef, useState } from "preact/hooks";
import { Icon } from "../../shared/icons";
import { lang, texts } from "../preferences";
import { signIn, type SignInProblem } from "../session";

export function Login() {
  const t = texts.value;
  const [problem, setProblem] = useState<SignInProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);

  async function submit(event: SubmitEvent): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    setBusy(true);
    setProblem(null);
    const found = await signIn(String(form.get("name")), String(form.get("password")));
    setBusy(false);
    setProblem(found);
    if (found) password.current?.select();
  }

  return (
    <main class="login">
      <form class="login-card" onSubmit={(event) => void submit(event)}>
        <span class="login-mark">
          <Icon name="mark" />
        </span>
        <h1>{t.signInTitle}</h1>
        <p class="login-text">{t.signInText}</p>
        <label>
          {t.name}
          <input name="name" autocomplete="username" autocapitalize="none" spellcheck={false} required />
        </label>
        <label>
          {t.password}
          <input name="password" type="password" autocomplete="current-password" required ref={password} />
        </label>
        <div role="alert">{problem && <p class="login-problem">{t[problem]}</p>}</div>
        <button type="submit" class="button primary" disabled={busy}>
          {busy ? t.signingIn : t.signIn}
        </button>
      </form>
      <LanguageButton />
    </main>
  );
}

export function LanguageButton() {
  const other = lang.value === "zh" ? "en" : "zh";
  return (
    <button
      type="button"
      class="lang-button"
      lang={other === "zh" ? "zh-CN" : "en"}
      aria-label={texts.value.switchLanguage}
      onClick={() => {
        lang.value = other;
      }}
    >
      {other === "zh" ? "中文" : "EN"}
    </button>
  );
}
