// Theme and language stand before the first paint: read where the settings keep them.
(() => {
  const root = document.documentElement;
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null;
    }
  };
  const theme = kept('yuding.theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  // A page of the server's making has its language already.
  if (root.lang) return;
  const chosen = /(?:^|; )language=(\w+)/.exec(document.cookie)?.[1];
  const language = chosen || navigator.languages.find((one) => /^(zh|en)/i.test(one)) || 'en';
  root.lang = /^zh/i.test(language) ? 'zh-CN' : 'en';
})();
